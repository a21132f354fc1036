// A number that was opened for a reason: shown once, in a dialog, and gone with it.

import { find } from "./find.js";

const SHOWN_FOR = 60_000;

/** @typedef {{ number: string, sent: Record<string, string> }} OpenedNumber */

/**
 * What the carrier sent, header by header; nothing where it sent the number alone.
 * @param {Record<string, string>} sent
 */
function rows(sent) {
  return Object.entries(sent).flatMap(([name, value]) => {
    const [header, words] = [document.createElement("dt"), document.createElement("dd")];
    header.textContent = name;
    words.textContent = value;
    return [header, words];
  });
}

/** @param {HTMLElement} element a dialog */
export function mount(element) {
  const dialog = /** @type {HTMLDialogElement} */ (element);
  const [number, list] = [find("[data-number]", HTMLElement, dialog), find("[data-sent]", HTMLElement, dialog)];
  let timer = 0;

  function forget() {
    clearTimeout(timer);
    number.textContent = "";
    list.replaceChildren();
  }

  /** @param {Event} event */
  function show(event) {
    if (!(event instanceof CustomEvent && event.target instanceof HTMLFormElement)) return;
    if (!("opensNumber" in event.target.dataset)) return;
    const opened = /** @type {OpenedNumber} */ (event.detail);
    event.target.reset();
    number.textContent = opened.number;
    list.replaceChildren(...rows(opened.sent));
    timer = setTimeout(() => dialog.close(), SHOWN_FOR);
    dialog.showModal();
  }

  dialog.addEventListener("close", forget);
  document.addEventListener("command:done", show);
  return () => {
    forget();
    document.removeEventListener("command:done", show);
  };
}
