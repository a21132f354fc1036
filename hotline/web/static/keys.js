// Keys that stand for a button: `data-key="m"` presses the first visible one. Nothing is pressed
// while somebody types, except for the keys that can mean nothing else (F1…F12, or with Alt).

import { findAll } from "./find.js";

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const ACTING = "button, a[href], summary, input, select";

/** @param {string} key */
function buttonFor(key) {
  const found = findAll(`[data-key="${CSS.escape(key)}"]`, HTMLButtonElement);
  return found.find((button) => !button.disabled && button.getClientRects().length > 0);
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
  return event.key !== "Enter" || !happenedAt(event, ACTING);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !isMeant(event)) return;
  const button = buttonFor(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!button) return;
  event.preventDefault();
  button.click();
});
