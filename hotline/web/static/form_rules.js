// What answers mean by their form: which questions are asked, and what is wrong with an answer. The
// server has the same rules (hotline/records/forms/rules.py); one set of cases holds for both.

/** @typedef {Record<string, string[]>} Condition field → codes, one of which was chosen */
/**
 * @typedef {{
 *   key: string, kind: string, codes: string[], most: number, least: number | null, greatest: number | null,
 *   longest: number, required: boolean, required_when: Condition, shown_when: Condition,
 * }} Question
 */
/** @typedef {{ key: string, shown_when: Condition, fields: Question[] }} Section */
/** @typedef {{ narrative_required_when: Condition, sections: Section[] }} Rules */
/** @typedef {Record<string, unknown>} Values answers by field, and the narrative */
/** @typedef {[string, string]} Fault a field, and what is wrong with it */

const BLANKS = /^[ \t\r\n\u00a0\u3000]*$/;
const DIVISION = /^[0-9]{6}([0-9]{3})?$/;
const DAY = /^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$/;
const GREATEST_NUMBER = 1e15;
const MAX_HALF_WRITTEN = 40;

/** @param {unknown} value */
export function isAnswered(value) {
  if (typeof value === "string") return !BLANKS.test(value);
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined;
}

/** @param {unknown} value */
function chosen(value) {
  const codes = (Array.isArray(value) ? value : [value]).filter((code) => typeof code === "string");
  return codes.flatMap((code) => [code, code.replace(/\..*$/, "")]);
}

/**
 * Whether of every field named one of the codes was chosen; a finer one means its whole.
 * @param {Condition} condition
 * @param {Values} values
 */
function holds(condition, values) {
  return Object.entries(condition).every(([key, codes]) => chosen(values[key]).some((code) => codes.includes(code)));
}

/**
 * The questions that are shown with these answers. What stands in a hidden field decides nothing.
 * @param {Rules} rules
 * @param {Values} values
 */
export function asked(rules, values) {
  /** @type {Question[]} */
  const found = [];
  /** @type {Values} */
  const seen = {};
  for (const section of rules.sections) {
    if (!holds(section.shown_when, seen)) continue;
    for (const field of section.fields) {
      if (!holds(field.shown_when, seen)) continue;
      found.push(field);
      if (field.key in values) seen[field.key] = values[field.key];
    }
  }
  return found;
}

/**
 * Without what is not asked, and without what is empty.
 * @param {Rules} rules
 * @param {Values} values
 */
export function answersAskedFor(rules, values) {
  const keys = asked(rules, values).map((field) => field.key);
  return Object.fromEntries(keys.filter((key) => isAnswered(values[key])).map((key) => [key, values[key]]));
}

/** @type {Record<string, (field: Question, value: unknown) => string | null>} what is wrong, by kind */
const LOOKS = {
  choice: chosenOne,
  yes_no_unknown: chosenOne,
  several(field, value) {
    if (!Array.isArray(value) || value.some((code) => typeof code !== "string")) return "wrong_kind";
    if (value.some((code) => !field.codes.includes(code))) return "not_offered";
    return value.length > field.most || new Set(value).size < value.length ? "too_many" : null;
  },
  number(field, value) {
    if (typeof value === "string") return halfWritten(value, () => false, "not_a_number");
    if (typeof value !== "number" || !(Math.abs(value) <= GREATEST_NUMBER)) return "wrong_kind";
    const { least, greatest } = field;
    return value < (least ?? -Infinity) || value > (greatest ?? Infinity) ? "out_of_range" : null;
  },
  date: (_field, value) => halfWritten(value, isDay, "not_a_date"),
  place: (field, value) => halfWritten(value, (text) => field.codes.includes(text) || DIVISION.test(text), "not_a_place"),
  text(field, value) {
    if (typeof value !== "string") return "wrong_kind";
    return length(value) > field.longest ? "too_long" : null;
  },
};

/** @param {string} text in characters, as the server counts them */
function length(text) {
  return [...text].length;
}

/** @type {(field: Question, value: unknown) => string | null} */
function chosenOne(field, value) {
  if (typeof value !== "string") return "wrong_kind";
  return field.codes.includes(value) ? null : "not_offered";
}

/**
 * @param {unknown} value
 * @param {(text: string) => boolean} isWhole
 * @param {string} otherwise
 */
function halfWritten(value, isWhole, otherwise) {
  if (typeof value !== "string") return "wrong_kind";
  if (length(value) > MAX_HALF_WRITTEN) return "too_long";
  return isWhole(value) ? null : otherwise;
}

/** @param {string} text */
function isDay(text) {
  if (!DAY.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/**
 * Whether a field must be answered with these answers.
 * @param {Question} field
 * @param {Values} heard what is asked and answered
 */
export function isRequired(field, heard) {
  return field.required || (Object.keys(field.required_when).length > 0 && holds(field.required_when, heard));
}

/**
 * Whether the narrative must have words.
 * @param {Rules} rules
 * @param {Values} heard
 */
export function needsNarrative(rules, heard) {
  return Object.keys(rules.narrative_required_when).length > 0 && holds(rules.narrative_required_when, heard);
}

/**
 * What is wrong, in the order of the form. None: the record is finished.
 * @param {Rules} rules
 * @param {Values} values
 * @returns {Fault[]}
 */
export function faultsOf(rules, values) {
  const known = new Set(["narrative", ...rules.sections.flatMap(({ fields }) => fields.map(({ key }) => key))]);
  const heard = answersAskedFor(rules, values);
  /** @type {Fault[]} */
  const found = Object.keys(values).sort().flatMap((key) => (known.has(key) ? [] : [[key, "not_asked"]]));
  if (needsNarrative(rules, heard) && !isAnswered(values.narrative)) found.push(["narrative", "missing"]);
  for (const field of asked(rules, values)) {
    const value = values[field.key];
    const wrong = isAnswered(value) ? LOOKS[field.kind]?.(field, value) : isRequired(field, heard) && "missing";
    if (wrong) found.push([field.key, wrong]);
  }
  return found;
}
