// A list of links that is walked by j and k, Enter opens; and forms that are empty again when what was
// written in them has arrived.

import { findAll } from "./find.js";

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select";
const STEPS = new Map([["j", 1], ["k", -1]]);

/** @param {KeyboardEvent} event */
function isMeant(event) {
  const types = event.target instanceof Element && event.target.matches(TYPING);
  return !(types || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented);
}

/** @param {KeyboardEvent} event */
function walk(event) {
  const step = STEPS.get(event.key.toLowerCase());
  if (!step || !isMeant(event)) return;
  const rows = findAll("[data-row]", HTMLAnchorElement);
  const at = rows.findIndex((row) => row === document.activeElement);
  event.preventDefault();
  rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}

/** @param {Event} event */
function clear({ target }) {
  if (target instanceof HTMLFormElement && "clears" in target.dataset) target.reset();
}

export function mount() {
  const listening = new AbortController();
  const until = { signal: listening.signal };
  document.addEventListener("keydown", walk, until);
  document.addEventListener("command:done", clear, until);
  return () => listening.abort();
}
