// Who answers for a case reads a code to a member on the telephone: it is shown this once.

import { find } from "./find.js";

/** @param {HTMLElement} element a member of a help group */
export function mount(element) {
  /** @param {Event} event */
  function drawn(event) {
    const code = event instanceof CustomEvent && event.detail?.code;
    if (typeof code !== "string") return;
    const shown = find("[data-code]", HTMLElement, element);
    find("[data-digits]", HTMLElement, shown).textContent = `${code.slice(0, 3)} ${code.slice(3)}`;
    shown.hidden = false;
    shown.focus();
  }
  element.addEventListener("command:done", drawn);
  return () => element.removeEventListener("command:done", drawn);
}
