// The form of a new shift: whether it repeats weekly, and what a repeat would plan before it is.

import { send, sentenceOf } from "./api.js";
import { fieldsOf } from "./commands.js";
import { find, nearest } from "./find.js";
import { t } from "./words.js";

const OF_A_REPEAT = ["days", "until", "skip_holidays", "skip_clashes"];
const NAMED = 8; // of the days: more is not read

/** @typedef {{ day: string, reason: string }} Clash */
/** @typedef {{ shifts: number, first: string | null, last: string | null, holidays: string[], clashes: Clash[], unannounced: number[] }} Preview */

/** @type {Record<string, () => string>} */
const REASONS = { has_shift: () => t("已有班"), is_away: () => t("休假") };

/**
 * What the form sends as the API wants it: the fields of a repeat together, or none.
 * @param {HTMLFormElement} form
 * @param {Record<string, unknown>} fields as the form has them; changed in place
 */
function fold(form, fields) {
  /** @type {Record<string, unknown>} */
  const repeat = {};
  for (const name of OF_A_REPEAT) {
    repeat[name] = fields[name];
    delete fields[name];
  }
  if (find("[data-repeat]", HTMLDetailsElement, form).open && repeat.until) fields.repeat = repeat;
}

/** @param {string[]} days */
function named(days) {
  const shown = days.slice(0, NAMED).join(t("、"));
  return days.length > NAMED ? t("{days} 等 {n} 天", { days: shown, n: days.length }) : shown;
}

/** @param {Preview} told */
function said({ shifts, first, last, holidays, clashes, unannounced }) {
  const days = clashes.map(({ day, reason }) => `${day} ${REASONS[reason]?.() ?? ""}`);
  return [
    first ? t("会排 {n} 班：{first} – {last}。", { n: shifts, first, last: last ?? "" }) : t("一班也不会排。"),
    holidays.length ? t("跳过节假日：{days}。", { days: named(holidays) }) : "",
    days.length ? t("冲突：{days}。", { days: named(days) }) : "",
    unannounced.length ? t("{years} 年的放假安排还没有公布。", { years: unannounced.join(t("、")) }) : "",
  ].join("");
}

/** @param {HTMLFormElement} form */
async function preview(form) {
  const fields = fieldsOf(form);
  fold(form, fields);
  if (!("repeat" in fields)) return;
  const place = find("[data-preview]", HTMLElement, form);
  try {
    place.textContent = said(/** @type {Preview} */ (await send("POST", "/roster/shifts/preview", fields)));
  } catch (refusal) {
    place.textContent = sentenceOf(refusal);
  }
}

/** @param {HTMLElement} element around the form */
export function mountRepeat(element) {
  element.addEventListener("command:wanted", (event) => {
    if (event instanceof CustomEvent && event.target instanceof HTMLFormElement && "repeats" in event.target.dataset) fold(event.target, event.detail.body);
  });
  element.addEventListener("change", (event) => {
    const form = nearest(event, "form[data-repeats]", HTMLFormElement);
    if (form) void preview(form);
  });
}
