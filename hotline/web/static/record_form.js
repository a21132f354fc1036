// A form of records on the page: collects what was answered, shows what is asked, says what is missing.
// What it may be stands in the form's rules (form_rules.js); saving is somebody else's.

import { find, findAll } from "./find.js";
import { answersAskedFor, asked, faultsOf, isRequired, needsNarrative } from "./form_rules.js";
import { t } from "./words.js";

/** @typedef {import("./form_rules.js").Question} Question */
/** @typedef {import("./form_rules.js").Rules} Rules */

const NUMBER = /^-?\d{1,9}(\.\d{1,4})?$/;

/** @type {WeakMap<HTMLFormElement, Rules>} */
const rulesOf = new WeakMap();

/**
 * @param {HTMLFormElement} form
 * @returns {Rules}
 */
function rules(form) {
  const known = rulesOf.get(form) ?? JSON.parse(form.dataset.rules ?? "");
  rulesOf.set(form, known);
  return known;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} key
 */
function part(form, key) {
  return find(`[data-field="${CSS.escape(key)}"]`, HTMLElement, form);
}

/**
 * A place by its code: chosen instead of one, or of the list's name; what is no name stays as it is.
 * @param {HTMLElement} field
 * @param {string} written
 */
function placeIn(field, written) {
  const instead = findAll("[data-instead]:checked", HTMLInputElement, field)[0];
  if (instead) return instead.dataset.instead ?? "";
  const listed = findAll("#places-here option", HTMLOptionElement).find(({ value }) => value === written);
  return listed?.dataset.code ?? written;
}

/**
 * @param {HTMLFormElement} form
 * @param {FormData} filled
 * @param {Question} field
 */
function answerTo(form, filled, { key, kind }) {
  if (kind === "several") return filled.getAll(key);
  const written = String(filled.get(key) ?? "").trim();
  if (kind === "place") return placeIn(part(form, key), written);
  return kind === "number" && NUMBER.test(written) ? Number(written) : written;
}

/** @param {HTMLFormElement} form */
function everything(form) {
  const filled = new FormData(form);
  const fields = rules(form).sections.flatMap((section) => section.fields);
  const answers = Object.fromEntries(fields.map((field) => [field.key, answerTo(form, filled, field)]));
  return { ...answers, narrative: filled.get("narrative") ?? "" };
}

/** @typedef {import("./merging.js").Values} Flat the narrative, the risk and every answer, by name */
/** @typedef {{ narrative: string, risk: string, contact_type: string, topics: string[], answers: Flat, version: number, saved_at: string }} Opened */

/**
 * All that stands on the form; the risk also where its box is closed.
 * @param {HTMLFormElement} form
 * @returns {Flat}
 */
export function valuesOf(form) {
  const risk = findAll("[name=risk]:checked", HTMLInputElement, form)[0]?.value ?? "not_assessed";
  return /** @type {Flat} */ ({ ...everything(form), risk });
}

/**
 * The values as the server drew them, whatever was written since.
 * @param {HTMLFormElement} form
 */
export function drawnValues(form) {
  const drawn = /** @type {HTMLFormElement} */ (form.cloneNode(true));
  drawn.reset();
  return valuesOf(drawn);
}

/**
 * What is sent of them: the answers to what is asked.
 * @param {HTMLFormElement} form
 * @param {Flat} values
 */
export function inForm(form, { narrative, risk, ...answers }) {
  return { narrative, risk, form: form.dataset.form, answers: answersAskedFor(rules(form), answers) };
}

/**
 * A record of the server's as values of this form.
 * @param {HTMLFormElement} form
 * @param {Opened} record
 * @returns {Flat}
 */
export function inFields(form, { narrative, risk, contact_type, topics, answers }) {
  const said = /** @type {Flat} */ ({ ...answers, contact_type, topics });
  const fields = rules(form).sections.flatMap((section) => section.fields);
  const all = fields.map(({ key, kind }) => [key, said[key] ?? (kind === "several" ? [] : "")]);
  return { ...Object.fromEntries(all), narrative, risk };
}

/**
 * What is called by another name on the page than in the record: places.
 * @param {HTMLFormElement} form
 * @param {string} key
 * @param {import("./merging.js").Value | undefined} value
 */
export function shownAs(form, key, value) {
  const isPlace = rules(form).sections.some((section) => section.fields.some((one) => one.key === key && one.kind === "place"));
  if (!isPlace) return value;
  const instead = findAll("[data-instead]", HTMLInputElement, part(form, key)).find((box) => box.dataset.instead === value);
  if (instead) return "";
  return findAll("#places-here option", HTMLOptionElement).find(({ dataset }) => dataset.code === value)?.value ?? value;
}

/**
 * What is chosen in place of a place.
 * @param {HTMLFormElement} form
 * @param {string} key
 * @param {import("./merging.js").Value | undefined} value
 */
export function chooseInstead(form, key, value) {
  for (const box of findAll(`[data-field="${CSS.escape(key)}"] [data-instead]`, HTMLInputElement, form)) {
    box.checked = box.dataset.instead === value;
  }
}

/**
 * What is still missing or only half written, in the order of the form.
 * @param {HTMLFormElement} form
 */
export function missingIn(form) {
  return faultsOf(rules(form), everything(form)).map(([key]) => key);
}

/**
 * Unfolds the section of a field, and puts the cursor there.
 * @param {HTMLFormElement} form
 * @param {string} key
 */
export function goToField(form, key) {
  const field = part(form, key);
  field.closest("details")?.setAttribute("open", "");
  findAll("input:not(:disabled), textarea, summary", HTMLElement, field)[0]?.focus();
  field.scrollIntoView({ block: "center" });
}

/**
 * Shows what is asked, and says of every section how far it is.
 * @param {HTMLFormElement} form
 */
export function keepFormRules(form) {
  const values = everything(form);
  const shown = asked(rules(form), values);
  const heard = answersAskedFor(rules(form), values);
  const missing = new Set(faultsOf(rules(form), values).map(([key]) => key));
  find("[data-must]", HTMLElement, part(form, "narrative")).hidden = !needsNarrative(rules(form), heard);
  for (const section of rules(form).sections) {
    const fields = section.fields.filter((field) => shown.includes(field));
    for (const field of section.fields) showField(form, field, fields.includes(field), isRequired(field, heard));
    showSection(form, section.key, fields, missing);
  }
  keepToMost(form);
}

/**
 * @param {HTMLFormElement} form
 * @param {Question} field
 * @param {boolean} isShown
 * @param {boolean} isMust
 */
function showField(form, { key }, isShown, isMust) {
  const at = part(form, key);
  at.hidden = !isShown;
  for (const must of findAll("[data-must]", HTMLElement, at)) must.hidden = !isMust;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} key
 * @param {readonly Question[]} fields those that are shown
 * @param {ReadonlySet<string>} missing
 */
function showSection(form, key, fields, missing) {
  const section = find(`[data-section="${CSS.escape(key)}"]`, HTMLElement, form);
  const left = fields.filter((field) => missing.has(field.key)).length;
  const state = find("[data-section-state]", HTMLElement, section);
  section.hidden = fields.length === 0;
  state.dataset.state = left ? "wait" : "good";
  state.textContent = left ? t("还差 {count} 项", { count: left }) : t("已齐");
  find("[data-said]", HTMLElement, section).textContent = fields.map((field) => saidIn(part(form, field.key))).filter(Boolean).join(" · ");
}

/** @param {HTMLElement} field what was answered there, in words */
function saidIn(field) {
  if ("onlyRead" in field.dataset) return "";
  const chosen = findAll("input:checked + [data-word]", HTMLElement, field).map((word) => word.textContent);
  const written = findAll("input.input", HTMLInputElement, field).map(({ value }) => value.trim());
  return [...chosen, ...written].filter(Boolean).join(t("、"));
}

/** @param {HTMLFormElement} form */
function keepToMost(form) {
  for (const group of findAll("[data-most]", HTMLElement, form)) {
    const boxes = findAll("input", HTMLInputElement, group.closest("fieldset") ?? group);
    const full = boxes.filter((box) => box.checked).length >= Number(group.dataset.most);
    for (const box of boxes) box.disabled = full && !box.checked;
  }
  for (const finer of findAll("[data-finer]", HTMLElement, form)) {
    const count = findAll("input:checked", HTMLInputElement, finer).length;
    find("[data-finer-count]", HTMLElement, finer).textContent = count ? String(count) : "";
  }
}

/**
 * A place is written, or one of what stands instead of it is chosen.
 * @param {Event} event
 */
function keepOnePlace({ target }) {
  const place = target instanceof HTMLInputElement ? target.closest("[data-place]") : null;
  if (!(target instanceof HTMLInputElement) || !place) return;
  const isInstead = "instead" in target.dataset;
  for (const box of findAll("[data-instead]", HTMLInputElement, place)) if (box !== target) box.checked = false;
  if (isInstead && target.checked) find("input.input", HTMLInputElement, place).value = "";
}

/**
 * Alt and a digit unfold a section and go into it.
 * @param {KeyboardEvent} event
 */
function goByKey(event) {
  const form = event.currentTarget;
  if (!event.altKey || !/^Digit[1-9]$/.test(event.code) || !(form instanceof HTMLFormElement)) return;
  const summary = form.querySelector(`[data-section-key="${event.code.slice(5)}"]`);
  const section = summary?.closest("details");
  if (!section || section.hidden) return;
  event.preventDefault();
  section.open = true;
  const first = findAll("input:not(:disabled), summary", HTMLElement, find(".form-fields", HTMLElement, section));
  first.find((input) => input.getClientRects().length > 0)?.focus();
}

/**
 * Listens to a form as long as it is on the page; before anybody else who listens to it there.
 * @param {HTMLFormElement} form
 */
export function followForm(form) {
  form.addEventListener("input", keepOnePlace);
  form.addEventListener("keydown", goByKey);
  keepFormRules(form);
}

/**
 * A line below what is written, as if it was written by hand; once: a second press adds nothing.
 * @param {HTMLTextAreaElement} narrative
 * @param {string} line
 */
function addLine(narrative, line) {
  if (narrative.value.split("\n").includes(line)) return;
  narrative.value = [narrative.value.trimEnd(), line].filter(Boolean).join("\n");
  narrative.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Writes down what others on the page have to say (`record:note`). Returns how to end that.
 * @param {HTMLFormElement} form
 */
export function takeNotes(form) {
  const narrative = find("[name=narrative]", HTMLTextAreaElement, form);
  const take = (/** @type {Event} */ event) => {
    if (!(event instanceof CustomEvent)) return;
    event.preventDefault(); // whoever asked knows from it that the line stands there
    addLine(narrative, String(event.detail.text));
  };
  document.addEventListener("record:note", take);
  return () => document.removeEventListener("record:note", take);
}

/**
 * A form that is only looked at: it changes as it would on the desk, and nothing is saved.
 * @param {HTMLFormElement} form
 */
export function mount(form) {
  followForm(form);
  const follow = () => keepFormRules(form);
  const stay = (/** @type {Event} */ event) => event.preventDefault();
  form.addEventListener("input", follow);
  form.addEventListener("submit", stay);
  return () => {
    form.removeEventListener("input", follow);
    form.removeEventListener("submit", stay);
  };
}
