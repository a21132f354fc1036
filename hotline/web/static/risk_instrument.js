// An instrument filled in by keys: a digit answers the present question and goes on to the next. The
// score and the level are shown as they grow; what holds is what the server says when it is kept.

import { find, findAll } from "./find.js";
import { t } from "./words.js";

export const LADDER = ["not_assessed", "none", "low", "moderate", "high", "imminent"];

/** @typedef {{ atLeast: number, level: string }} CutOff */

/** @param {readonly string[]} levels */
function highest(levels) {
  return LADDER[Math.max(0, ...levels.map((level) => LADDER.indexOf(level)))] ?? "not_assessed";
}

/** One instrument on the page. */
export class InstrumentForm {
  #form;
  #wordOf;
  /** @type {readonly CutOff[]} */
  #cutOffs;

  /**
   * @param {HTMLFormElement} form
   * @param {(level: string) => string} wordOf a level's word
   */
  constructor(form, wordOf) {
    this.#form = form;
    this.#wordOf = wordOf;
    this.#cutOffs = JSON.parse(form.dataset.cutOffs ?? "[]");
    this.show();
  }

  /** What is sent: question by question, of those that are asked. */
  answers() {
    const chosen = this.#asked().map((question) => this.#chosenIn(question));
    return Object.fromEntries(chosen.flatMap((input) => (input ? [[input.name, input.value]] : [])));
  }

  /** Hides what is not asked, and says what the answers mean so far. */
  show() {
    for (const question of findAll("[data-question]", HTMLElement, this.#form)) question.hidden = true;
    for (const question of this.#asked()) question.hidden = false;
    find("[data-result]", HTMLElement, this.#form).textContent = this.#result();
  }

  /** The first question that has no answer. */
  begin() {
    const open = this.#asked().find((question) => !this.#chosenIn(question)) ?? this.#asked()[0];
    open?.querySelector("input")?.focus();
  }

  /**
   * A digit answers the question that has the focus.
   * @param {KeyboardEvent} event
   */
  answerBy(event) {
    const at = event.target instanceof Element ? event.target.closest("[data-question]") : null;
    const choices = at ? findAll("input", HTMLInputElement, at) : [];
    const choice = choices[Number(event.key) - 1];
    if (!choice || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choice.checked = true;
    this.show();
    this.#goOn(at);
  }

  /** @param {Element | null} from */
  #goOn(from) {
    const asked = this.#asked();
    const next = asked[asked.findIndex((question) => question === from) + 1];
    (next?.querySelector("input") ?? find("[type=submit]", HTMLElement, this.#form)).focus();
  }

  #asked() {
    return findAll("[data-question]", HTMLElement, this.#form).filter(({ dataset }) => {
      if (!dataset.askedIf) return true;
      const before = this.#form.querySelector(`[name="${CSS.escape(dataset.askedIf)}"]:checked`);
      return before instanceof HTMLInputElement && before.value === "yes";
    });
  }

  /** @param {Element} question */
  #chosenIn(question) {
    return findAll("input:checked", HTMLInputElement, question)[0];
  }

  #result() {
    const asked = this.#asked();
    const chosen = asked.flatMap((question) => this.#chosenIn(question) ?? []);
    if (chosen.length === 0) return t("还没有作答");
    const isWhole = chosen.length === asked.length;
    const score = chosen.reduce((sum, input) => sum + Number(input.dataset.points), 0);
    const word = this.#wordOf(this.#levelOf(chosen, score, isWhole));
    const meaning = isWhole ? word : t("至少 {level}", { level: word });
    return this.#cutOffs.length ? t("{score} 分 · {level}", { score, level: meaning }) : meaning;
  }

  /**
   * @param {readonly HTMLInputElement[]} chosen
   * @param {number} score
   * @param {boolean} isWhole
   */
  #levelOf(chosen, score, isWhole) {
    if (this.#cutOffs.length) {
      return highest(this.#cutOffs.filter((cut) => score >= cut.atLeast).map((cut) => cut.level));
    }
    const found = highest(chosen.map((input) => input.dataset.level || "not_assessed"));
    return found === "not_assessed" && isWhole ? (this.#form.dataset.otherwise ?? found) : found;
  }
}
