// Tells while somebody types whether a new password would do: by the server's rule, not by one of ours.

import { send } from "./api.js";
import { find } from "./find.js";
import { t } from "./words.js";

const PAUSE = 400;

/** @typedef {{ good: boolean, advice: string }} Judged */

/**
 * @param {HTMLFormElement} form with `data-judge`, a field `password` and a place for advice
 * @param {Record<string, string>} [beside] what is sent with the password
 */
export function watchStrength(form, beside = {}) {
  const input = find("[name=password]", HTMLInputElement, form);
  const advice = find("[data-advice]", HTMLElement, form);
  let timer = 0;
  async function judge() {
    const asked = input.value;
    if (!asked) return;
    const told = /** @type {Judged | null} */ (await send("POST", form.dataset.judge ?? "", { ...beside, password: asked }).catch(() => null));
    if (!told || input.value !== asked) return; // the next answer is on its way
    advice.textContent = told.good ? t("这个密码可以用。") : told.advice;
    advice.dataset.good = String(told.good);
  }
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(judge, PAUSE);
  });
}
