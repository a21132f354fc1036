// The form of one visit, in the field: kept on the phone until the server has it, sent again when the
// network is back. The key is made once for each visit, so what arrives twice is kept once.

import { newKey } from "./api.js";
import { now } from "./clock.js";
import { fieldsOf } from "./commands.js";
import { DraftKeeper } from "./draft_keeper.js";
import { find, findAll } from "./find.js";
import { draftsLeftBy, dropDraft, openDraft } from "./kept_drafts.js";
import { t } from "./words.js";

/** @typedef {import("./merging.js").Values} Values */

/**
 * @param {HTMLFormElement} form
 * @param {Values} values
 */
function setBoxes(form, values) {
  for (const box of findAll("input[type=radio], input[type=checkbox]", HTMLInputElement, form)) {
    const value = values[box.name];
    box.checked = Array.isArray(value) ? value.includes(box.value) : value === box.value;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {Values} values
 */
function setTexts(form, values) {
  const texts = "input:not([type=radio], [type=checkbox])";
  /** @type {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */
  const fields = findAll(texts, HTMLInputElement, form);
  fields.push(...findAll("textarea", HTMLTextAreaElement, form), ...findAll("select", HTMLSelectElement, form));
  for (const field of fields) if (field.name in values) field.value = String(values[field.name] ?? "");
}

class VisitForm {
  #form;
  #place;
  #keeper;
  #taken = "";
  #waits = false;
  #said = "";

  /** @param {HTMLFormElement} form */
  constructor(form) {
    const { owner = "", case: about = "", seal = "" } = form.dataset;
    this.#form = form;
    this.#place = { owner, call: `visit-${about}`, sealKey: seal };
    this.#keeper = new DraftKeeper(this.#place);
  }

  /** What another page of this phone left behind comes back into the form, the oldest visit first. */
  async takeUp() {
    const left = await draftsLeftBy(this.#place.owner).catch(() => []);
    for (const entry of left.filter(({ call }) => call === this.#place.call)) {
      const draft = await openDraft(entry, this.#place.sealKey);
      if (!draft) continue;
      await this.#goOnWith(entry.id, draft);
      return;
    }
  }

  /**
   * One visit at a time is in the form: what else was left waits until this one is sent.
   * @param {string} id
   * @param {import("./kept_drafts.js").Draft} draft
   */
  async #goOnWith(id, draft) {
    this.#taken = id;
    setBoxes(this.#form, draft.values);
    setTexts(this.#form, draft.values);
    this.#form.dataset.begun = draft.at;
    this.#form.closest("details")?.setAttribute("open", "");
    this.#say(t("已找回没有发出的走访记录，请检查后发出"));
    if (await this.keep()) await dropDraft(id);
  }

  /** The key of this visit, made once: what is sent twice is kept once. */
  fill() {
    const key = find("[name=client_key]", HTMLInputElement, this.#form);
    key.value ||= newKey();
  }

  /**
   * When it was: the phone's time, since the network may be hours away.
   * @param {FormData} sent
   */
  date(sent) {
    if (!sent.get("visited_at")) sent.set("visited_at", this.#begun());
  }

  /** When this visit was first written down: sent later, it stays that time. */
  #begun() {
    return (this.#form.dataset.begun ||= new Date(now()).toISOString());
  }

  keep() {
    this.fill();
    const values = /** @type {Values} */ (fieldsOf(this.#form));
    return this.#keeper.keep({ values, base: {}, version: 0, asked: null, at: this.#begun() });
  }

  async sending() {
    this.#waits = true;
    await this.keep();
  }

  async sent() {
    this.#waits = false;
    this.#form.reset();
    find("[name=client_key]", HTMLInputElement, this.#form).value = "";
    delete this.#form.dataset.begun;
    this.#say("");
    await this.#keeper.drop();
    if (this.#taken) await dropDraft(this.#taken);
    this.#taken = "";
    await this.takeUp();
  }

  refused() {
    this.#waits = !navigator.onLine;
    if (this.#waits) this.#say(t("没有网络：已加密存在这台设备，恢复后自动发送"));
  }

  backOnline() {
    if (this.#waits) this.#form.requestSubmit();
  }

  letGo() {
    void this.#keeper.letGo();
  }

  /** @param {string} words */
  #say(words) {
    this.#said = words;
    this.sayAgain();
  }

  /** The part that the form stands in came anew from the server, which knows nothing of it. */
  sayAgain() {
    const line = find("[data-kept]", HTMLElement, this.#form);
    if (line.textContent === this.#said) return;
    line.textContent = this.#said;
    line.hidden = this.#said === "";
  }
}

/**
 * @param {HTMLElement} element
 * @returns {() => void}
 */
export function mount(element) {
  if (!(element instanceof HTMLFormElement)) throw new Error("a visit is written in a form");
  const visit = new VisitForm(element);
  const whenOnline = () => visit.backOnline();
  const whenNew = () => visit.sayAgain();
  element.addEventListener("input", () => void visit.keep());
  element.addEventListener("submit", () => visit.fill(), { capture: true });
  element.addEventListener("formdata", ({ formData }) => visit.date(formData));
  element.addEventListener("submit", () => void visit.sending());
  element.addEventListener("command:done", () => void visit.sent());
  element.addEventListener("command:refused", () => visit.refused());
  window.addEventListener("online", whenOnline);
  document.addEventListener("htmx:afterSettle", whenNew);
  void visit.takeUp();
  return () => {
    window.removeEventListener("online", whenOnline);
    document.removeEventListener("htmx:afterSettle", whenNew);
    visit.letGo();
  };
}
