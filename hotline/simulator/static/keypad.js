// Everything that is pressed: the twelve keys, the number to dial, and the computer's keyboard.
// Leaves to its listeners what a key means at the moment.

import { byId, typed } from "./display.js";
import { closeSheet, sheetIsOpen } from "./who.js";

/**
 * What to do at a key, at Enter, at Escape, and at a number to dial at once.
 * @typedef {object} Listeners
 * @property {(key: string) => void} onKey
 * @property {() => void} onEnter
 * @property {() => void} onEscape
 * @property {(number: string) => void} onQuick
 */

const KEYS = /^[0-9*#]$/;
const TYPING = "input:not(#dial), textarea, select";
const PRESS_SHOWN = 140;
const LONG_PRESS = 500;

const dial = typed("dial", HTMLInputElement);

/**
 * @param {string} selector
 * @returns {HTMLButtonElement[]}
 */
function buttons(selector) {
  return [...document.querySelectorAll(selector)].filter((each) => each instanceof HTMLButtonElement);
}

/**
 * @param {KeyboardEvent} event
 * @param {string} selector
 */
function happenedAt({ target }, selector) {
  return target instanceof Element && target.matches(selector);
}

/**
 * So that a key pressed on the keyboard is seen on the phone.
 * @param {string} key
 */
function showPressed(key) {
  const button = document.querySelector(`.key[data-key="${CSS.escape(key)}"]`);
  button?.classList.add("pressed");
  setTimeout(() => button?.classList.remove("pressed"), PRESS_SHOWN);
}

export function dialled() {
  return dial.value.replaceAll(/[\s-]/g, "");
}

/** @param {string} number */
export function setDialled(number) {
  dial.value = number;
  byId("erase").hidden = number === "";
}

/**
 * Zero, pressed for long, is a plus.
 * @param {HTMLButtonElement} button
 */
function holdForPlus(button) {
  /** @type {number | undefined} */
  let timer;
  const stop = () => clearTimeout(timer);
  button.addEventListener("pointerdown", () => {
    timer = setTimeout(() => setDialled(dialled().replace(/0?$/, "+")), LONG_PRESS);
  });
  for (const event of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(event, stop);
}

/**
 * Neither a shortcut of the browser nor a word being composed.
 * @param {KeyboardEvent} event
 */
function isPlain(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
}

/**
 * @param {KeyboardEvent} event
 * @param {Listeners} listeners
 */
function onKeyboard(event, { onKey, onEnter, onEscape }) {
  if (!isPlain(event)) return;
  if (event.key === "Escape") {
    if (sheetIsOpen()) closeSheet();
    else onEscape();
  } else if (event.key === "Enter" && !happenedAt(event, `${TYPING}, button, a`)) {
    event.preventDefault();
    onEnter();
  } else if (KEYS.test(event.key) && !happenedAt(event, `${TYPING}, #dial`)) {
    showPressed(event.key);
    onKey(event.key);
  }
}

/** Numbers that lead nowhere are not offered: only what this carrier was set up with. */
async function offerQuickNumbers() {
  const answer = await fetch("/phone/numbers");
  /** @type {string[]} */
  const numbers = answer.ok ? await answer.json() : [];
  for (const button of buttons("[data-quick]")) button.hidden = !numbers.includes(button.dataset.quick ?? "");
}

/** @param {Listeners} listeners */
export function setUpKeypad(listeners) {
  void offerQuickNumbers();
  for (const button of buttons(".key")) {
    button.addEventListener("click", (event) => {
      if (event.detail > 0) button.blur(); // clicked: Enter is for calling again
      listeners.onKey(button.dataset.key ?? "");
    });
  }
  for (const button of buttons("[data-quick]")) {
    button.addEventListener("click", () => listeners.onQuick(button.dataset.quick ?? ""));
  }
  buttons('.key[data-key="0"]').forEach(holdForPlus);
  byId("erase").addEventListener("click", () => setDialled(dialled().slice(0, -1)));
  dial.addEventListener("input", () => setDialled(dial.value));
  byId("entry").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => onKeyboard(event, listeners));
}
