// A form as values by name, whatever fields it has: read, set, and put into words.

import { findAll } from "./find.js";
import { chooseInstead, keepFormRules, shownAs } from "./record_form.js";
import { t } from "./words.js";

/** @typedef {import("./merging.js").Value} Value */
/** @typedef {import("./merging.js").Values} Values */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

const NAMED = 4; // of what is missing: more is not read

/**
 * The fields of one name.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {Field[]}
 */
function fieldsNamed(form, name) {
  /** @type {Field[]} */
  const found = [];
  for (const each of form.elements) {
    const isField = each instanceof HTMLInputElement || each instanceof HTMLTextAreaElement || each instanceof HTMLSelectElement;
    if (isField && each.name === name) found.push(each);
  }
  return found;
}

/**
 * @param {HTMLInputElement} box
 * @param {Value} value
 */
function isChosen(box, value) {
  if (typeof value === "boolean") return value;
  return Array.isArray(value) ? value.includes(box.value) : value === box.value;
}

/** @param {Field} field */
const isBox = (field) => field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type);

/**
 * @param {Field} field
 * @param {Value} value
 */
function setField(field, value) {
  if (field instanceof HTMLInputElement && field.type === "hidden") return; // only read
  if (field instanceof HTMLInputElement && isBox(field)) field.checked = isChosen(field, value);
  else if (field.value !== String(value ?? "")) field.value = String(value ?? "");
}

/**
 * Sets what differs; the place of the cursor stays where nothing does.
 * @param {HTMLFormElement} form
 * @param {Values} values
 */
export function setValues(form, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const field of fieldsNamed(form, name)) setField(field, shownAs(form, name, value) ?? null);
    chooseInstead(form, name, value);
  }
}

/**
 * A word without what is said softly beside it.
 * @param {Element | null | undefined} element
 */
function plainWords(element) {
  const own = [...(element?.childNodes ?? [])].filter((node) => node.nodeType === Node.TEXT_NODE);
  const said = own.map((node) => node.textContent?.trim() ?? "").join("");
  return said || (element?.textContent?.trim() ?? "");
}

/**
 * What a field is called on the page.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function nameOf(form, name) {
  const field = fieldsNamed(form, name)[0];
  const called = field?.closest("[data-field]")?.querySelector("[data-label]");
  return plainWords(called ?? field?.closest("fieldset")?.querySelector("legend")) || name;
}

/**
 * What keeps a record from being finished, in words.
 * @param {HTMLFormElement} form
 * @param {readonly string[]} missing
 */
export function sayMissing(form, missing) {
  const names = missing.slice(0, NAMED).map((name) => nameOf(form, name));
  return t("写下的已经存为草稿。还缺：{names}。补上再结束，或选“稍后补写”。", { names: names.join(t("、")) });
}

/**
 * What a value is called on the page.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {Value} value
 */
export function wordsFor(form, name, value) {
  if (typeof value === "boolean") return value ? t("是") : t("否");
  const wanted = Array.isArray(value) ? value : [value];
  const boxes = fieldsNamed(form, name).filter(isBox);
  const words = boxes.filter((box) => wanted.includes(box.value)).map((box) => plainWords(box.labels?.[0]));
  return words.join(t("、")) || (boxes.length ? "" : String(shownAs(form, name, value) ?? "")) || t("没有填");
}

/**
 * How two versions of this form come together by themselves: a text by its paragraphs, and on a
 * ladder the higher step holds.
 * @param {HTMLFormElement} form
 * @returns {import("./merging.js").Rules}
 */
export function rulesOf(form) {
  return {
    isText: (name) => fieldsNamed(form, name)[0] instanceof HTMLTextAreaElement,
    settle: (name, mine, theirs) => {
      const steps = findAll("[data-ladder] input", HTMLInputElement, form).filter((step) => step.name === name);
      return steps.find(({ value }) => value === mine || value === theirs)?.value;
    },
  };
}

/** @param {HTMLFormElement} form */
function closeLadder(form) {
  const steps = findAll("[data-ladder] input", HTMLInputElement, form);
  const chosenStep = steps.findIndex((step) => step.checked);
  steps.forEach((step, place) => (step.disabled = place < chosenStep));
}

/**
 * What the form itself holds to: the ladder only goes up, and only what is asked is shown.
 * @param {HTMLFormElement} form
 */
export function keepRules(form) {
  closeLadder(form);
  keepFormRules(form);
}
