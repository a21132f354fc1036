// My account: the second factor is set up here, and a new password is judged while it is typed.

import { showCodes, showSecret } from "./factor_setup.js";
import { find } from "./find.js";
import { watchStrength } from "./password_strength.js";

/** @param {HTMLElement} element the page's */
export function mount(element) {
  const panel = find("[data-factor]", HTMLElement, element);
  const form = find("form[data-judge]", HTMLFormElement, element);
  watchStrength(form);
  form.addEventListener("command:done", () => form.reset());

  /** @param {Event} event */
  function done(event) {
    if (!(event instanceof CustomEvent) || !(event.target instanceof Element)) return;
    if (event.detail?.codes) showCodes(panel, event.detail);
    if (!event.detail?.secret) return;
    showSecret(panel, event.detail);
    event.target.setAttribute("hidden", "");
  }
  element.addEventListener("command:done", done);
  return () => element.removeEventListener("command:done", done);
}
