// What is so of the words on a form, in words: saved, not yet, kept here, or at risk; and why a save
// came to nothing.

import { Refusal, sentenceOf } from "./api.js";
import { timeOfDay } from "./clock.js";
import { find } from "./find.js";
import { t } from "./words.js";

/**
 * The fields that the server misses, which may know of a newer form.
 * @param {unknown} refusal
 */
export function missingOf(refusal) {
  const { missing = [] } = refusal instanceof Refusal ? refusal.facts : {};
  return /** @type {string[]} */ (missing);
}

/** @param {unknown} refusal */
export const kindOf = (refusal) => (refusal instanceof Refusal ? refusal.kind : "");

/** @param {unknown} refusal */
const isSignedOut = (refusal) => kindOf(refusal) === "SomebodyElse" || (refusal instanceof Refusal && refusal.status === 401);

/**
 * Nothing came through, or the log-in ended: both pass. What the server refuses, it refuses again.
 * @param {unknown} refusal
 */
export function isWorthAnother(refusal) {
  return isSignedOut(refusal) || (refusal instanceof Refusal && refusal.passing);
}

/**
 * Whether it may have been stored all the same.
 * @param {unknown} refusal
 */
export function isUnclear(refusal) {
  return refusal instanceof Refusal && (refusal.status === 0 || refusal.status >= 500);
}

/** The chip above a form, and the way back in below it. */
export class SaveState {
  #chip;
  #signIn;
  /** @type {unknown} why the last save came to nothing */
  refusal = null;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#chip = find("[data-save-state]", HTMLElement, form);
    this.#signIn = find("[data-sign-in]", HTMLElement, form);
  }

  get words() {
    return this.#chip.textContent;
  }

  /** @param {string} at */
  saved(at) {
    this.refusal = null;
    this.#say("good", t("已保存 {time}", { time: timeOfDay(at) }));
  }

  notYet() {
    this.#say("wait", t("还没有保存"));
  }

  saving() {
    this.#say("wait", t("保存中…"));
  }

  /** Another version says something else: a person has to choose. */
  clashes() {
    this.#say("kept", t("还没有保存：另一版和您写的不同，请在下面选。"));
  }

  /** @param {{ isAtRisk: boolean }} words that the server does not have: whether they are kept nowhere else */
  unsaved({ isAtRisk }) {
    const reason = { reason: sentenceOf(this.refusal) };
    if (isAtRisk) this.#say("bad", t("没有保存，也没能留在这台电脑上，请不要关掉这一页：{reason}", reason));
    else if (isWorthAnother(this.refusal)) this.#say("kept", t("没有保存，已加密留在这台电脑上，会自动再试：{reason}", reason));
    else this.#say("kept", t("没有保存，已加密留在这台电脑上：{reason}", reason));
  }

  /**
   * @param {"wait" | "good" | "kept" | "bad"} state
   * @param {string} words
   */
  #say(state, words) {
    this.#chip.dataset.state = state;
    this.#chip.textContent = words;
    this.#signIn.hidden = !isSignedOut(this.refusal);
  }
}
