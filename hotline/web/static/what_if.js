// The question of a what-if: its numbers become the changes of the command, and the page goes on to
// what was begun.

import { findAll } from "./find.js";

/** @param {HTMLElement} page the changes that are not nought, as the command has them: +2:yue */
function changesOf(page) {
  return findAll("[data-change]", HTMLInputElement, page).flatMap((field) => {
    const count = Math.round(Number(field.value));
    const languages = field.dataset.change ? `:${field.dataset.change}` : "";
    return count ? [`${count > 0 ? "+" : ""}${count}${languages}`] : [];
  });
}

/** @param {HTMLElement} element */
export function mount(element) {
  /** @param {Event} event */
  function wanted(event) {
    if (!(event instanceof CustomEvent) || event.detail.method !== "POST") return;
    const { body } = event.detail;
    body.counselors = changesOf(element);
    body.calls_percent = Number(body.calls_percent);
  }
  /** @param {Event} event */
  function begun(event) {
    if (!(event instanceof CustomEvent) || !event.detail?.id) return;
    location.assign(`${element.dataset.page}?asked=${encodeURIComponent(event.detail.id)}`);
  }
  element.addEventListener("command:wanted", wanted);
  element.addEventListener("command:done", begun);
  return () => {
    element.removeEventListener("command:wanted", wanted);
    element.removeEventListener("command:done", begun);
  };
}
