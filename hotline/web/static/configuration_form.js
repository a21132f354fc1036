// A form for a part of the configuration: only what was changed goes to the server, which writes it
// into the file, and says what is wrong beside the field it is wrong in.

import { askVerdict, element, languageHere, PAUSE, putInForce, showChanges } from "./configuration_changes.js";
import { find, findAll } from "./find.js";
import { t } from "./words.js";

/** @typedef {import("./configuration_changes.js").Place} Place */
/** @typedef {import("./configuration_changes.js").Verdict} Verdict */
/** @typedef {HTMLInputElement | HTMLSelectElement} Input */

/** @param {string} value a number, or what was written in its place: the server says what is wrong */
const asNumber = (value) => (/^\d+$/.test(value) ? Number(value) : value || null);

/** @param {Element} part @returns {Input[]} */
const inputsOf = (part) => [...part.querySelectorAll("input, select")].filter((one) => one instanceof HTMLInputElement || one instanceof HTMLSelectElement);

/** @param {Element} part */
const ticked = (part) => inputsOf(part).flatMap((one) => (one instanceof HTMLInputElement && one.checked ? [one.value] : []));

/** @template T @param {T[]} values */
const orNothing = (values) => (values.length ? values : null);

/**
 * Whoever gets another phone keeps the PIN: the phone of before says who it is.
 * @param {Element} row
 * @param {string} phone of before
 */
function knownBefore(row, phone) {
  const now = find("[data-part=phone]", HTMLInputElement, row).value.trim();
  return now === phone ? {} : { id: phone.replace(/\W/g, "") };
}

/**
 * What is chosen in several fields of one name.
 * @param {Element} row
 * @param {string} name
 */
const severalOf = (row, name) => inputsOf(row).filter((one) => one.dataset.part === name && one.value).map((one) => one.value);

/** @type {Record<string, (row: Element, one: Input) => Record<string, unknown>>} */
const READ_PART = {
  days: (row) => ({ days: ticked(find(".form-ticks", HTMLElement, row)) }),
  lines: (_row, one) => ({ lines: orNothing(one.value.split(",").filter(Boolean)) }),
  channels: (_row, one) => ({ channels: orNothing(one.value.split(",").filter(Boolean)) }),
};

/**
 * What one field of a row says: of the several of one name, all.
 * @param {Element} row
 * @param {Input} one
 */
function partOf(row, one) {
  const name = one.dataset.part ?? "";
  const value = one.value.trim();
  const read = READ_PART[name];
  if (read) return read(row, one);
  if ("several" in one.dataset) return { [name]: severalOf(row, name) };
  if ("orNone" in one.dataset && !value) return {};
  return "was" in one.dataset ? knownBefore(row, one.dataset.was ?? "") : { [name]: value };
}

/**
 * A row, as an entry of the file: days are ticked, lines and deputies are several.
 * @param {Element} row
 * @returns {Record<string, unknown>}
 */
const rowOf = (row) => Object.assign({}, ...inputsOf(row).map((one) => partOf(row, one)));

/**
 * What stands in the parts of a group; nothing where only what rides along is left.
 * @param {Element} group
 */
function mappingOf(group) {
  /** @type {Record<string, unknown>} */
  const found = {};
  let empty = true;
  for (const one of inputsOf(group)) {
    const value = one.value.trim();
    if (value === "") continue;
    found[one.dataset.part ?? ""] = "number" in one.dataset ? asNumber(value) : value;
    if (!("rides" in one.dataset)) empty = false;
  }
  return empty ? null : found;
}

/** @param {Element} group */
function levelsOf(group) {
  const spoken = inputsOf(group).filter((one) => one.value);
  return spoken.length ? Object.fromEntries(spoken.map((one) => [one.dataset.part ?? "", Number(one.value)])) : null;
}

/** @type {Record<string, (field: HTMLElement) => unknown>} */
const READ = {
  text: (field) => inputsOf(field)[0]?.value.trim() || null,
  number: (field) => asNumber(inputsOf(field)[0]?.value.trim() ?? ""),
  list: (field) => orNothing((inputsOf(field)[0]?.value ?? "").split(/[\s,，、;；]+/).filter(Boolean)),
  flag: (field) => ticked(field).length > 0,
  checks: (field) => orNothing(ticked(field)),
  rows: (field) => orNothing([...field.querySelectorAll("[data-rows] > [data-row]")].map(rowOf)),
  mapping: mappingOf,
  levels: levelsOf,
};

/** @param {HTMLElement} field */
const valueOf = (field) => READ[field.dataset.kind ?? "text"]?.(field) ?? null;

/**
 * What the server sent, by field: somebody may have begun to write before this script came.
 * @param {HTMLElement} form
 */
function asItCame(form) {
  const copy = form.cloneNode(true);
  if (!(copy instanceof HTMLFormElement)) return [];
  copy.reset();
  return findAll("[data-field]", HTMLElement, copy).map((field) => JSON.stringify(valueOf(field)));
}

/** The form of one page. */
class Form {
  /** @param {HTMLElement} form */
  constructor(form) {
    this.form = form;
    this.fields = findAll("[data-field]", HTMLElement, form);
    this.verdict = find("[data-verdict]", HTMLElement, form);
    this.faults = find("[data-faults]", HTMLElement, form);
    this.preview = find("[data-preview]", HTMLElement, form);
    this.submit = find("[type=submit]", HTMLButtonElement, form);
    this.newKey = form.querySelector("[data-new-key]");
    const cameWith = asItCame(form);
    this.before = new Map(this.fields.map((field, at) => [field, cameWith[at]]));
    /** @type {Record<string, string>} */
    this.files = {};
    this.timer = 0;
    this.asked = 0;
    this.done = false;
  }

  get key() {
    return this.newKey instanceof HTMLInputElement ? this.newKey.value.trim() : (this.form.dataset.key ?? "");
  }

  /** By name, what is different from what came with the page. */
  get fieldsChanged() {
    const changed = this.fields.filter((field) => JSON.stringify(valueOf(field)) !== this.before.get(field));
    return Object.fromEntries(changed.map((field) => [field.dataset.field ?? "", valueOf(field)]));
  }

  get changed() {
    return !this.done && Object.keys(this.fieldsChanged).length > 0;
  }

  get edit() {
    const { base, part } = this.form.dataset;
    const shown = findAll("[data-fault]", HTMLElement, this.form).map((one) => one.dataset.fault);
    return { base: Number(base), part, key: this.key, fields: this.fieldsChanged, shown, language: languageHere() };
  }

  written() {
    this.preview.hidden = true;
    this.submit.disabled = !this.changed;
    this.verdict.textContent = this.changed ? t("正在检查…") : t("没有改动");
    clearTimeout(this.timer);
    if (this.changed) this.timer = setTimeout(() => void this.check(), PAUSE);
    else this.show({ faults: [], warnings: [], differences: [], changes: [] });
  }

  /** What is wrong with the name of something new; the rest the server knows. */
  get keyFault() {
    if (!(this.newKey instanceof HTMLInputElement)) return "";
    if (!this.key) return t("先写一个名字。");
    return (this.form.dataset.known ?? "").split(" ").includes(this.key) ? t("这个名字已经有了，换一个。") : "";
  }

  /** What the server says; null where it said nothing, or something newer was written. */
  async check() {
    clearTimeout(this.timer);
    const turn = ++this.asked;
    if (this.keyFault) {
      const field = this.form.dataset.part === "staff" ? "username" : "id";
      this.show({ faults: [{ path: "", line: 0, said: this.keyFault, field }], warnings: [], differences: [], changes: [] });
      return null;
    }
    const told = await askVerdict("/configuration/edit", this.edit, this.verdict);
    if (!told || turn !== this.asked) return null;
    this.files = told.files ?? {};
    this.show(told);
    return told;
  }

  /** @param {Verdict} told */
  show(told) {
    for (const place of findAll("[data-fault]", HTMLElement, this.form)) {
      const said = told.faults.filter((one) => one.field === place.dataset.fault).map((one) => one.said);
      place.textContent = said.join(" ");
      place.hidden = said.length === 0;
      this.mark(place.dataset.fault ?? "", said.length > 0);
    }
    const elsewhere = [...told.faults.filter((one) => !one.field), ...told.warnings];
    this.faults.replaceChildren(...elsewhere.map((one) => element("li", one.path ? `${one.path}:${one.line} ${one.said}` : one.said)));
    if (told.faults.length) this.verdict.textContent = t("有错误，不能启用：错误写在那一栏下面。");
    else if (this.changed) this.verdict.textContent = t("没有错误，可以查看改动。");
  }

  /** @param {string} name @param {boolean} wrong */
  mark(name, wrong) {
    const field = this.fields.find((one) => one.dataset.field === name);
    for (const one of field ? inputsOf(field) : []) one.setAttribute("aria-invalid", String(wrong));
  }

  async look() {
    if (!this.changed) return;
    const told = await this.check();
    if (told && !told.faults.length) showChanges(this.preview, told);
    else focusOn(this.form.querySelector('[aria-invalid="true"]'));
  }

  /** @param {HTMLButtonElement} button */
  async putInForce(button) {
    const draft = { base: Number(this.form.dataset.base), files: this.files, language: languageHere() };
    if (!(await putInForce(this.preview, button, draft))) return;
    this.done = true;
    location.assign(button.dataset.then ?? "");
  }
}

/**
 * Rows are added, taken away, moved up; the focus goes to where one goes on writing.
 * @param {HTMLElement} field
 * @param {HTMLElement} pressed
 */
function changeRows(field, pressed) {
  const rows = find("[data-rows]", HTMLElement, field);
  const row = pressed.closest("[data-row]");
  if ("add" in pressed.dataset) {
    rows.append(find("template", HTMLTemplateElement, field).content.cloneNode(true));
    focusOn(rows.lastElementChild?.querySelector("input:not([type=hidden]), select"));
  }
  if ("remove" in pressed.dataset) {
    row?.remove();
    focusOn(field.querySelector("[data-add]"));
  }
  if ("up" in pressed.dataset && row?.previousElementSibling) {
    row.previousElementSibling.before(row);
    focusOn(pressed);
  }
  find("[data-without]", HTMLElement, field).hidden = rows.childElementCount > 0;
}

/** @param {Element | null | undefined} wanted */
function focusOn(wanted) {
  if (wanted instanceof HTMLElement) wanted.focus();
}

/** @param {HTMLElement} form */
export function mount(form) {
  const state = new Form(form);
  const apply = find("[data-apply]", HTMLButtonElement, form);
  /** @param {BeforeUnloadEvent} event */
  const leaving = (event) => {
    if (state.changed) event.preventDefault();
  };
  form.addEventListener("input", (event) => {
    if (event.target instanceof HTMLElement && !event.target.closest("[data-preview]")) state.written();
  });
  form.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("[data-add], [data-remove], [data-up], [data-empty]") : null;
    const field = pressed?.closest("[data-field]");
    if (!(pressed instanceof HTMLElement) || !(field instanceof HTMLElement)) return;
    if ("empty" in pressed.dataset) for (const one of inputsOf(field)) one.value = "rides" in one.dataset ? one.value : "";
    else changeRows(field, pressed);
    state.written();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void state.look();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void state.look();
  });
  apply.addEventListener("click", () => void state.putInForce(apply));
  find("[data-back]", HTMLButtonElement, form).addEventListener("click", () => {
    state.preview.hidden = true;
    focusOn(state.fields[0]?.querySelector("input, select, button"));
  });
  addEventListener("beforeunload", leaving);
  if (state.changed) state.written();
  return () => {
    clearTimeout(state.timer);
    removeEventListener("beforeunload", leaving);
  };
}
