// One file of the configuration: checked while it is written, shown as changes, then put in force.

import { askVerdict, element, languageHere, PAUSE, putInForce, showChanges } from "./configuration_changes.js";
import { find } from "./find.js";
import { t } from "./words.js";

/** @typedef {import("./configuration_changes.js").Place} Place */
/** @typedef {import("./configuration_changes.js").Verdict} Verdict */

/** The editor of one page. */
class Editor {
  /** @param {HTMLElement} form */
  constructor(form) {
    this.form = form;
    this.text = find(".editor-text", HTMLTextAreaElement, form);
    this.lines = find("[data-lines]", HTMLElement, form);
    this.verdict = find("[data-verdict]", HTMLElement, form);
    this.faults = find("[data-faults]", HTMLElement, form);
    this.preview = find("[data-preview]", HTMLElement, form);
    this.submit = find("[type=submit]", HTMLButtonElement, form);
    this.before = "isNew" in form.dataset ? null : this.text.defaultValue; // not what was typed before this ran
    this.taken = false;
    this.timer = 0;
    this.asked = 0;
    this.number([]);
  }

  get changed() {
    return this.text.value !== this.before;
  }

  get draft() {
    const { base, path = "" } = this.form.dataset;
    return { base: Number(base), files: { [path]: this.taken ? null : this.text.value }, language: languageHere() };
  }

  /** @param {number[]} marked lines with a fault */
  number(marked) {
    const count = this.text.value.split("\n").length;
    const numbers = Array.from({ length: count }, (_, place) => element("div", String(place + 1), marked.includes(place + 1) ? "is-fault" : ""));
    this.lines.replaceChildren(...numbers);
    this.lines.scrollTop = this.text.scrollTop;
  }

  written() {
    this.taken = false;
    this.preview.hidden = true;
    this.submit.disabled = !this.changed;
    this.verdict.textContent = this.changed ? t("正在检查…") : t("没有改动");
    this.number([]);
    clearTimeout(this.timer);
    if (this.changed) this.timer = setTimeout(() => void this.check(), PAUSE);
    else this.faults.replaceChildren();
  }

  /** What the server says of the draft; null where it said nothing, or something newer was written. */
  async check() {
    clearTimeout(this.timer);
    const turn = ++this.asked;
    const told = await askVerdict("/configuration/check", this.draft, this.verdict);
    if (!told || turn !== this.asked) return null;
    this.show(told);
    return told;
  }

  /** @param {Verdict} told */
  show(told) {
    const places = [...told.faults, ...told.warnings];
    const here = places.filter((one) => one.path === this.form.dataset.path);
    this.number(here.map((one) => one.line));
    this.faults.replaceChildren(...places.map((one) => this.shownPlace(one)));
    if (told.faults.length) this.verdict.textContent = t("有错误，不能启用。按一条，光标就到那一行。");
    else this.verdict.textContent = t("没有错误，可以查看改动。");
  }

  /** @param {Place} place */
  shownPlace(place) {
    const row = element("li", "");
    const button = element("button", place.line ? `${place.path}:${place.line}` : place.path || "–", "button is-quiet");
    button.setAttribute("type", "button");
    button.addEventListener("click", () => this.goTo(place));
    row.append(button, element("span", place.said, "grow"));
    return row;
  }

  /** @param {Place} place */
  goTo(place) {
    if (place.path !== this.form.dataset.path) return;
    const lines = this.text.value.split("\n");
    const start = lines.slice(0, place.line - 1).join("\n").length + (place.line > 1 ? 1 : 0);
    this.text.focus();
    this.text.setSelectionRange(start, start + (lines[place.line - 1]?.length ?? 0));
    this.text.scrollTop = Math.max(0, (place.line - 5) * 20);
  }

  async look() {
    if (!this.changed) return;
    const told = await this.check();
    if (!told || told.faults.length) return;
    showChanges(this.preview, told);
  }

  /** The file is taken out of the set, where nothing refers to it. */
  async remove() {
    this.taken = true;
    const told = await this.check();
    this.taken = Boolean(told && !told.faults.length);
    if (told && this.taken) showChanges(this.preview, told);
  }

  /** @param {HTMLButtonElement} button */
  async putInForce(button) {
    if (!(await putInForce(this.preview, button, this.draft))) return;
    this.before = this.text.value;
    location.assign(button.dataset.then ?? "");
  }
}

/** @param {HTMLElement} form */
export function mount(form) {
  const editor = new Editor(form);
  const apply = find("[data-apply]", HTMLButtonElement, form);
  /** @param {BeforeUnloadEvent} event */
  const leaving = (event) => {
    if (editor.changed) event.preventDefault();
  };
  editor.text.addEventListener("input", () => editor.written());
  editor.text.addEventListener("scroll", () => {
    editor.lines.scrollTop = editor.text.scrollTop;
  });
  editor.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void editor.look();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void editor.look();
  });
  apply.addEventListener("click", () => void editor.putInForce(apply));
  find("[data-back]", HTMLButtonElement, form).addEventListener("click", () => {
    editor.preview.hidden = true;
    editor.taken = false;
    editor.text.focus();
  });
  form.querySelector("[data-take-away]")?.addEventListener("click", () => void editor.remove());
  addEventListener("beforeunload", leaving);
  if (editor.changed) editor.written();
  return () => {
    clearTimeout(editor.timer);
    removeEventListener("beforeunload", leaving);
  };
}
