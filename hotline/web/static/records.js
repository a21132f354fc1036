// Finding records. The number goes to the server as a command; what comes back is searched by, so that
// no number stands in an address. Says when a search did not come, and keeps what was found before.

import { find } from "./find.js";

/** @typedef {{ search: string }} NumberSearch */

/** The page, from its mounting until it is let go of. */
class FindingPage {
  #page;
  #form;

  /** @param {HTMLElement} page */
  constructor(page) {
    this.#page = page;
    this.#form = find("[data-find]", HTMLFormElement, page);
  }

  /** @param {Event} event a command of this page worked */
  commanded(event) {
    document.body.dispatchEvent(new CustomEvent("records:look"));
    const { target } = event;
    if (!(event instanceof CustomEvent && target instanceof HTMLFormElement)) return;
    if (!("number" in target.dataset)) return;
    target.reset();
    this.#searchBy(/** @type {NumberSearch} */ (event.detail).search);
  }

  /** @param {MouseEvent} event */
  clicked({ target }) {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-anybody]")) this.#searchBy("");
    if (target.closest("[data-find-again]")) this.#form.requestSubmit();
    if (target.closest("[data-to-number]")) find("[name=number]", HTMLInputElement, this.#page).focus();
  }

  /**
   * @param {Event} event
   * @param {string} part
   * @param {boolean} hidden
   */
  shows({ target }, part, hidden) {
    if (target === this.#form) find(part, HTMLElement, this.#page).hidden = hidden;
  }

  /** @param {string} caller sealed; empty: anybody's */
  #searchBy(caller) {
    find("[name=caller]", HTMLInputElement, this.#form).value = caller;
    find("[name=same_as]", HTMLInputElement, this.#form).value = "";
    this.#form.requestSubmit();
  }
}

const WAIT = "[data-find-wait]";
const FAULT = "[data-find-fault]";

/** @param {HTMLElement} element the page */
export function mount(element) {
  const page = new FindingPage(element);
  const commanded = (/** @type {Event} */ event) => page.commanded(event);
  element.addEventListener("command:done", commanded);
  element.addEventListener("click", (event) => page.clicked(event));
  element.addEventListener("htmx:beforeRequest", (event) => {
    page.shows(event, WAIT, false);
    page.shows(event, FAULT, true);
  });
  element.addEventListener("htmx:afterRequest", (event) => page.shows(event, WAIT, true));
  element.addEventListener("htmx:responseError", (event) => page.shows(event, FAULT, false));
  element.addEventListener("htmx:sendError", (event) => page.shows(event, FAULT, false));
  return () => element.removeEventListener("command:done", commanded);
}
