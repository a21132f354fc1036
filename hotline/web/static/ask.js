// The panel that asks whom to consult, to ask in or to send the caller on to. htmx brings it; what
// is chosen there is a command. It goes away when that worked, on Esc, and with the call.

import { nearest } from "./find.js";

/** @param {HTMLElement} element where the panel comes */
export function mount(element) {
  /** @type {HTMLElement | null} */
  let opener = null;

  function close() {
    element.replaceChildren();
    opener?.focus();
  }
  /** @param {MouseEvent} event */
  function clicked(event) {
    if (nearest(event, "[data-close-ask]", HTMLButtonElement)) close();
    else opener = nearest(event, '[hx-target="#ask"]', HTMLButtonElement) ?? opener;
  }
  function talkEnded() {
    if (document.body.dataset.state !== "talking") element.replaceChildren();
  }
  document.addEventListener("click", clicked);
  document.addEventListener("htmx:afterSettle", talkEnded);
  return () => {
    document.removeEventListener("click", clicked);
    document.removeEventListener("htmx:afterSettle", talkEnded);
  };
}
