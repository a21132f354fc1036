// The record: any field alone is a draft, saved while it is written; what is shown of it is what the
// server said. Risk only rises here; lowering it is a supervisor's.

import { Refusal, send, sentenceOf } from "./api.js";
import { timeOfDay } from "./clock.js";
import { find, findAll } from "./find.js";
import { followForm, formValues, goToField, keepFormRules, missingIn, namesOf } from "./record_form.js";
import { toast, unsay } from "./toast.js";
import { t } from "./words.js";

const QUIET_MS = 1200;
const AGAIN_MS = 3000;
const ABOUT = "record";
const NAMED = 4; // of what is missing: more is not read

/**
 * Nothing came through, or the log-in ended: both pass. What the server refuses, it refuses again.
 * @param {unknown} refusal
 */
function isWorthAnother(refusal) {
  return refusal instanceof Refusal && (refusal.passing || refusal.status === 401);
}

/** @param {HTMLFormElement} form */
function closeLadder(form) {
  const steps = findAll("[data-ladder] input", HTMLInputElement, form);
  const chosen = steps.findIndex((step) => step.checked);
  steps.forEach((step, place) => (step.disabled = place < chosen));
}

/** One record on the page, from its mounting until it is let go of. */
class RecordForm {
  #form;
  #state;
  #changes = 0;
  #savedChanges = 0;
  /** @type {Promise<void>} one after the other: an older text never lands on a newer one */
  #last = Promise.resolve();
  /** The version that this page has seen; somebody else may have saved a newer one. */
  #version;
  #refused = false;
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    followForm(form);
    this.#state = find("[data-save-state]", HTMLElement, form);
    this.#version = Number(form.dataset.version);
    this.#keepRules();
    if (form.dataset.saved) this.#saySaved(form.dataset.saved);
  }

  get #isUnsaved() {
    return this.#changes > this.#savedChanges;
  }

  /** Something was written or chosen: it is saved as soon as it is quiet. */
  changed() {
    this.#changes += 1;
    this.#keepRules();
    if (this.#refused) return; // what stands elsewhere is looked at first: saving again is a decision
    this.#say("wait", t("还没有保存"));
    this.#saveSoon();
  }

  /**
   * The person is done: save and leave, or say what is missing.
   * @param {Event} event
   */
  async finish(event) {
    event.preventDefault();
    const ready = this.#form.querySelector("[type=submit][data-ready]") !== null;
    const missing = missingIn(this.#form);
    if (missing[0]) {
      toast(t("写下的已经存为草稿。还差：{fields}", { fields: namesOf(this.#form, missing.slice(0, NAMED)) }), "problem", ABOUT);
      goToField(this.#form, missing[0]);
      await this.saveNow();
    } else if (await this.saveNow({ ready })) {
      unsay(ABOUT);
      this.#leave();
    } else toast(this.#state.textContent, "problem", ABOUT);
  }

  /** @param {Event} event the window's, before it goes away */
  stay(event) {
    if (this.#isUnsaved) event.preventDefault();
  }

  letGo() {
    clearTimeout(this.#timer);
    if (!this.#isUnsaved) return;
    void this.saveNow().then((saved) => {
      if (!saved) toast(t("最后几个字没有保存，请打开记录看一眼。"), "problem", ABOUT);
    });
  }

  /**
   * Everything written so far. Whether the server has it; why not stands on the form.
   * @param {{ ready?: boolean }} [options] `ready`: whether the person takes calls again
   */
  async saveNow({ ready = false } = {}) {
    clearTimeout(this.#timer);
    const saving = this.#last.then(() => this.#put(ready));
    this.#last = saving.catch(() => {});
    try {
      await saving;
      return true;
    } catch (refusal) {
      this.#sayRefused(refusal);
      return false;
    }
  }

  /** @param {number} [pause] in milliseconds */
  #saveSoon(pause = QUIET_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.saveNow(), pause);
  }

  /**
   * @param {"wait" | "good" | "bad"} state
   * @param {string} words
   */
  #say(state, words) {
    this.#state.dataset.state = state;
    this.#state.textContent = words;
  }

  /** @param {string} at */
  #saySaved(at) {
    this.#say("good", t("已保存 {time}", { time: timeOfDay(at) }));
  }

  /** @param {unknown} refusal */
  #sayRefused(refusal) {
    if (this.#noteNewer(refusal)) return;
    const isPassing = isWorthAnother(refusal);
    if (isPassing) this.#say("bad", t("没有保存，会自动再试：{reason}", { reason: sentenceOf(refusal) }));
    else this.#say("bad", t("没有保存：{reason}", { reason: sentenceOf(refusal) }));
    if (isPassing) this.#saveSoon(AGAIN_MS);
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
    const facts = { who: String(who), time: timeOfDay(String(at)) };
    this.#say("bad", t("{who} 在 {time} 存了另一版。您写的还在这里，没有覆盖；看过那一版后，再按保存。", facts));
    return true;
  }

  #keepRules() {
    closeLadder(this.#form);
    keepFormRules(this.#form);
  }

  #leave() {
    const rest = this.#form.dataset.rest ?? "";
    void window.htmx.ajax("get", rest, { target: "#main", select: "#main", swap: "outerHTML" });
  }

  /**
   * Raises Refusal.
   * @param {boolean} ready
   */
  async #put(ready) {
    const changes = this.#changes;
    this.#say("wait", t("保存中…"));
    const path = `/calls/${this.#form.dataset.call}/record`;
    const body = { ...formValues(this.#form), ready, version: this.#version };
    const kept = /** @type {{ saved_at: string, version: number }} */ (await send("PUT", path, body));
    this.#version = kept.version;
    this.#refused = false;
    this.#savedChanges = changes;
    if (this.#isUnsaved) this.#say("wait", t("还没有保存"));
    else this.#saySaved(kept.saved_at);
  }
}

/** @type {RecordForm | null} the one on the page */
let present = null;

/** Whether all that was written on this page is with the server; also where no record is open. */
export async function savePresentRecord() {
  return present ? present.saveNow() : true;
}

/**
 * Called by the shell when the form is there; returns how to let go of it.
 * @param {HTMLFormElement} form
 */
export function mount(form) {
  const record = new RecordForm(form);
  present = record;
  const stay = (/** @type {Event} */ event) => record.stay(event);
  form.addEventListener("input", () => record.changed());
  form.addEventListener("submit", (event) => void record.finish(event));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void record.finish(event);
  });
  window.addEventListener("beforeunload", stay);
  return () => {
    window.removeEventListener("beforeunload", stay);
    if (present === record) present = null;
    record.letGo();
  };
}
