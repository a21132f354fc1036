// The level of risk beside the record. A level that is chosen goes to the server at once; the record,
// which is saved over and over, carries it as well. What stands on the ladder follows the server.

import { send, sentenceOf } from "./api.js";
import { now } from "./clock.js";
import { find, findAll } from "./find.js";
import { savePresentRecord } from "./record.js";
import { InstrumentForm } from "./risk_instrument.js";
import { drawChange, ratingOf } from "./risk_ratings.js";
import { toast, unsay } from "./toast.js";
import { t } from "./words.js";

const ABOUT = "risk";
const A_MOMENT = 300; // the server's clock decides: look just after the time is over

/** @typedef {{ level: string, version: number }} Level */

/** The card, from its mounting until it is let go of. */
class RiskCard {
  #card;
  #path;
  /** The newest step that this page knows: an older answer that comes late changes nothing. */
  #version = 0;
  #awaited = 0;
  /** @type {Map<HTMLFormElement, InstrumentForm>} */
  #instruments = new Map();
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLElement} card */
  constructor(card) {
    this.#card = card;
    this.#path = `/calls/${card.dataset.call}/risk`;
    const words = findAll("[data-level-word]", HTMLElement, card);
    const wordOf = (/** @type {string} */ level) =>
      words.find((one) => one.dataset.levelWord === level)?.textContent ?? level;
    for (const form of findAll("[data-instrument-form]", HTMLFormElement, card)) {
      this.#instruments.set(form, new InstrumentForm(form, wordOf));
    }
    for (const scale of findAll("[data-scale]", HTMLElement, card)) drawChange(scale);
    find("[data-open-instrument]", HTMLButtonElement, card).disabled = false;
    this.looked();
  }

  /** `#risk-now` was drawn anew. */
  looked() {
    const shown = find("[data-risk-level]", HTMLElement, this.#card).dataset;
    const slip = this.#card.querySelector("[data-slip]");
    clearTimeout(this.#timer);
    if (slip instanceof HTMLElement) this.#lookAt(slip.dataset.slip ?? "");
    if (this.#awaited === 0) this.#follow({ level: shown.riskLevel ?? "", version: Number(shown.version) });
  }

  /** @param {Event} event somewhere on the page: a step of the ladder stands in the record */
  async chosen({ target }) {
    if (!(target instanceof HTMLInputElement) || target.name !== "risk") return;
    if (target.form && target.form === this.#record) await this.#command("", { level: target.value });
  }

  /** @param {Event} event in the card */
  async changed({ target }) {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.dataset.rating) await this.#rate(target);
    else if (target.form) this.#instruments.get(target.form)?.show();
  }

  get #record() {
    return document.querySelector(`form[data-module=record][data-call="${this.#card.dataset.call}"]`);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const form = event.target instanceof HTMLInputElement ? event.target.form : null;
    if (form) this.#instruments.get(form)?.answerBy(event);
  }

  /** @param {Event} event */
  clicked({ target }) {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-take-back]")) void this.#takeBack();
    if (target.closest("[data-open-instrument]")) this.#openInstrument();
  }

  /** @param {SubmitEvent} event */
  async submitted(event) {
    const { target } = event;
    const instrument = target instanceof HTMLFormElement ? this.#instruments.get(target) : undefined;
    if (!instrument || !(target instanceof HTMLFormElement)) return;
    event.preventDefault();
    const { name, version } = target.dataset;
    const filled = { instrument: name, version: Number(version), answers: instrument.answers() };
    if (await this.#command("/assessments", filled)) {
      toast(t("评估已存下。"), "done", ABOUT);
      target.closest("details")?.removeAttribute("open");
    }
  }

  letGo() {
    clearTimeout(this.#timer);
  }

  /** What is written was saved first: a save on its way would choose the level once more. */
  async #takeBack() {
    await savePresentRecord();
    await this.#command("/take-back", undefined);
  }

  #openInstrument() {
    const all = [...this.#instruments.keys()];
    const form = all.find((one) => one.closest("details[open]")) ?? all[0];
    form?.closest("details")?.setAttribute("open", "");
    if (form) this.#instruments.get(form)?.begin();
  }

  /** @param {HTMLInputElement} input */
  async #rate(input) {
    const scale = input.closest("[data-scale]");
    if (!(scale instanceof HTMLElement)) return;
    drawChange(scale);
    const moment = input.dataset.rating ?? "";
    const value = ratingOf(scale, moment);
    if (value === null) return;
    try {
      await send("POST", `${this.#path}/ratings`, { moment, scale: scale.dataset.scale, value });
      unsay(ABOUT);
    } catch (refusal) {
      toast(sentenceOf(refusal), "problem", ABOUT);
    }
  }

  /**
   * Whether it was done. Why not is said.
   * @param {string} what
   * @param {unknown} body
   */
  async #command(what, body) {
    this.#awaited += 1;
    try {
      this.#follow(/** @type {Level} */ (await send("POST", this.#path + what, body)));
      unsay(ABOUT);
      return true;
    } catch (refusal) {
      toast(sentenceOf(refusal), "problem", ABOUT);
      return false;
    } finally {
      this.#awaited -= 1;
      this.#look();
    }
  }

  /**
   * Puts the ladder where the level is: nothing else lowers it on this page.
   * @param {Level} level
   */
  #follow({ level, version }) {
    if (version <= this.#version) return;
    this.#version = version;
    const step = this.#record?.querySelector(`[name=risk][value="${CSS.escape(level)}"]`);
    if (!(step instanceof HTMLInputElement) || step.checked) return;
    step.checked = true;
    step.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #look() {
    document.body.dispatchEvent(new CustomEvent("risk:look"));
  }

  /** @param {string} iso when taking back is over */
  #lookAt(iso) {
    const left = Math.max(0, new Date(iso).getTime() - now());
    this.#timer = setTimeout(() => this.#look(), left + A_MOMENT);
  }
}

/**
 * Called by the shell when the card is there; returns how to let go of it.
 * @param {HTMLElement} card
 */
export function mount(card) {
  const risk = new RiskCard(card);
  const chosen = (/** @type {Event} */ event) => void risk.chosen(event);
  document.addEventListener("change", chosen);
  card.addEventListener("change", (event) => void risk.changed(event));
  card.addEventListener("click", (event) => risk.clicked(event));
  card.addEventListener("keydown", (event) => risk.pressed(event));
  card.addEventListener("submit", (event) => void risk.submitted(event));
  find("#risk-now", HTMLElement, card).addEventListener("htmx:afterSettle", () => risk.looked());
  return () => {
    document.removeEventListener("change", chosen);
    risk.letGo();
  };
}
