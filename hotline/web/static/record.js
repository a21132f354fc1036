// The record: saved while it is written. Risk only rises here; lowering it is a supervisor's.

import { Refusal, send, sentenceOf } from "./api.js";
import { fieldsOf } from "./commands.js";
import { find, findAll } from "./find.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const QUIET_MS = 1200;

/** @param {HTMLFormElement} form */
function closeLadder(form) {
  const steps = findAll("[data-ladder] input", HTMLInputElement, form);
  const chosen = steps.findIndex((step) => step.checked);
  steps.forEach((step, place) => (step.disabled = place < chosen));
}

/** @param {HTMLFormElement} form */
function keepToMost(form) {
  for (const group of findAll("[data-most]", HTMLElement, form)) {
    const boxes = findAll("input", HTMLInputElement, group);
    const full = boxes.filter((box) => box.checked).length >= Number(group.dataset.most);
    for (const box of boxes) box.disabled = full && !box.checked;
  }
}

/** One record on the page, from its mounting until it is let go of. */
class RecordForm {
  #form;
  #state;
  #unsaved = false;
  /** The version that this page has seen; somebody else may have saved a newer one. */
  #version;
  #refused = false;
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#version = Number(form.dataset.version);
    this.#state = find("[data-save-state]", HTMLElement, form);
    this.#keepRules();
    if (form.dataset.saved) this.#say(t("已保存"));
  }

  /** Something was written or chosen: it is saved as soon as it is quiet. */
  changed() {
    this.#unsaved = true;
    this.#keepRules();
    clearTimeout(this.#timer);
    if (this.#refused) return; // what stands elsewhere is looked at first: saving again is a decision
    this.#timer = setTimeout(() => void this.#saveQuietly(), QUIET_MS);
  }

  /**
   * The person is done: save and leave, or say what is missing.
   * @param {Event} event
   */
  async finish(event) {
    event.preventDefault();
    const ready = this.#form.querySelector("[type=submit][data-ready]") !== null;
    try {
      if (await this.#save(ready)) this.#leave();
      else toast(t("请先选好来电类型和处理结果。"), "problem");
    } catch (refusal) {
      this.#noteNewer(refusal);
      toast(sentenceOf(refusal), "problem");
    }
  }

  /**
   * Another window has saved since: its version is kept, and so is what is written here. The next
   * save by hand goes on top of it.
   * @param {unknown} refusal
   */
  #noteNewer(refusal) {
    if (!(refusal instanceof Refusal) || refusal.kind !== "RecordChanged") return false;
    const { version, saved_by: who, saved_at: at } = refusal.facts;
    this.#version = Number(version);
    this.#refused = true;
    const time = new Date(String(at)).toLocaleTimeString();
    this.#say(t("{who} 在 {time} 存了另一版。您写的还在这里，没有覆盖；看过那一版后，再按保存。", { who: String(who), time }));
    return true;
  }

  /** @param {Event} event the window's, before it goes away */
  stay(event) {
    if (this.#unsaved) event.preventDefault();
  }

  letGo() {
    clearTimeout(this.#timer);
    if (!this.#unsaved) return;
    this.#save(false).catch(() => toast(t("最后几个字没有保存，请打开记录看一眼。"), "problem"));
  }

  /** @param {string} words */
  #say(words) {
    this.#state.textContent = words;
  }

  #keepRules() {
    closeLadder(this.#form);
    keepToMost(this.#form);
  }

  #leave() {
    const rest = this.#form.dataset.rest ?? "";
    void window.htmx.ajax("get", rest, { target: "#main", select: "#main", swap: "outerHTML" });
  }

  /**
   * The risk is among the fields even where its box is closed, which a form alone leaves out.
   * @returns {ReturnType<typeof fieldsOf>}
   */
  #fields() {
    const risk = findAll("[name=risk]:checked", HTMLInputElement, this.#form)[0]?.value;
    return { risk: risk ?? "not_assessed", ...fieldsOf(this.#form) };
  }

  /**
   * False where the record lacks what it must have. Raises Refusal.
   * @param {boolean} ready whether the person takes calls again
   */
  async #save(ready) {
    clearTimeout(this.#timer);
    const fields = this.#fields();
    if (!fields.contact_type || !fields.disposition) {
      this.#say(t("选好来电类型和处理结果后自动保存"));
      return false;
    }
    this.#say(t("保存中…"));
    const path = `/calls/${this.#form.dataset.call}/record`;
    const saved = /** @type {{ version: number }} */ (
      await send("PUT", path, { ...fields, ready, version: this.#version })
    );
    this.#version = saved.version;
    this.#unsaved = this.#refused = false;
    this.#say(t("已保存"));
    return true;
  }

  async #saveQuietly() {
    try {
      await this.#save(false);
    } catch (refusal) {
      if (this.#noteNewer(refusal)) return;
      this.#say(t("还没有保存，稍后自动再试"));
      this.changed();
    }
  }
}

/**
 * Called by the shell when the form is there; returns how to let go of it.
 * @param {HTMLFormElement} form
 */
export function mount(form) {
  const record = new RecordForm(form);
  const stay = (/** @type {Event} */ event) => record.stay(event);
  form.addEventListener("input", () => record.changed());
  form.addEventListener("submit", (event) => void record.finish(event));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void record.finish(event);
  });
  window.addEventListener("beforeunload", stay);
  return () => {
    window.removeEventListener("beforeunload", stay);
    record.letGo();
  };
}
