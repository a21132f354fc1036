// Keys that stand for a button: `data-key="m"` presses the first visible one; several keys stand with
// spaces between. Nothing is pressed while somebody types, except for the keys that can mean nothing
// else (F1…F12, or with Alt). While it rings, Enter answers whatever else has the focus: who just
// pressed a button must not miss the call.

import { findAll } from "./find.js";

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const ACTING = "button, a[href], summary, input, select";

/** @param {HTMLButtonElement} button */
function canBePressed(button) {
  return !button.disabled && button.getClientRects().length > 0;
}

/**
 * That of the form one is in before any other: Esc in the crisis panel closes it and declines nobody.
 * @param {string} key
 * @param {EventTarget | null} at
 */
function buttonFor(key, at) {
  const found = findAll(`[data-key~="${CSS.escape(key)}"]`, HTMLButtonElement).filter(canBePressed);
  const form = at instanceof Element ? at.closest("form") : null;
  return found.find((button) => form?.contains(button)) ?? found[0];
}

/** @param {KeyboardEvent} event */
function answers(event) {
  const isRinging = findAll("[data-answer]", HTMLButtonElement).some(canBePressed);
  return isRinging && !happenedAt(event, "[data-keeps-enter] *");
}

/**
 * @param {KeyboardEvent} event
 * @param {string} selector
 */
function happenedAt(event, selector) {
  return event.target instanceof Element && event.target.matches(selector);
}

/**
 * Neither a shortcut of the browser, nor a word being composed, nor a key held down.
 * @param {KeyboardEvent} event
 */
function isPlain(event) {
  return !(event.ctrlKey || event.metaKey || event.isComposing || event.repeat);
}

/** @param {KeyboardEvent} event */
function isMeant(event) {
  if (!isPlain(event)) return false;
  if (/^F\d+$/.test(event.key) || event.altKey) return true;
  if (happenedAt(event, TYPING)) return event.key === "Escape";
  return event.key !== "Enter" || !happenedAt(event, ACTING) || answers(event);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !isMeant(event)) return;
  const button = buttonFor(event.key.length === 1 ? event.key.toLowerCase() : event.key, event.target);
  if (!button) return;
  event.preventDefault();
  button.click();
});
