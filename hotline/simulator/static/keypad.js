// Everything that is pressed: the twelve keys, the number to dial, and the computer's keyboard.
// Leaves to its listeners what a key means at the moment.

import { byId } from "./display.js";
import { closeSheet, sheetIsOpen } from "./who.js";

const KEYS = /^[0-9*#]$/;
const PRESS_SHOWN = 140;
const LONG_PRESS = 500;

function isTyping(target) {
  return target.matches("input, textarea, select") && target.id !== "dial";
}

/** So that a key pressed on the keyboard is seen on the phone. */
function showPressed(key) {
  const button = document.querySelector(`.key[data-key="${CSS.escape(key)}"]`);
  button?.classList.add("pressed");
  setTimeout(() => button?.classList.remove("pressed"), PRESS_SHOWN);
}

export function dialled() {
  return byId("dial").value.replaceAll(/[\s-]/g, "");
}

export function setDialled(number) {
  byId("dial").value = number;
  byId("erase").hidden = number === "";
}

function holdForPlus(button) {
  let timer = null;
  const stop = () => clearTimeout(timer);
  button.addEventListener("pointerdown", () => {
    timer = setTimeout(() => setDialled(dialled().replace(/0?$/, "+")), LONG_PRESS);
  });
  for (const event of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(event, stop);
}

function onKeyboard(event, { onKey, onEnter, onEscape }) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return sheetIsOpen() ? closeSheet() : onEscape();
  if (isTyping(event.target)) return undefined;
  if (event.key === "Enter" && event.target.matches("button, a")) return undefined;
  if (event.key === "Enter") {
    event.preventDefault();
    return onEnter();
  }
  if (KEYS.test(event.key) && event.target.id !== "dial") {
    showPressed(event.key);
    onKey(event.key);
  }
  return undefined;
}

/** Listeners: onKey(key), onEnter(), onEscape(), onQuick(number). */
export function setUpKeypad(listeners) {
  for (const button of document.querySelectorAll(".key")) {
    button.addEventListener("click", (event) => {
      if (event.detail > 0) button.blur(); // clicked: Enter is for calling again
      listeners.onKey(button.dataset.key);
    });
  }
  for (const button of document.querySelectorAll("[data-quick]")) {
    button.addEventListener("click", () => listeners.onQuick(button.dataset.quick));
  }
  holdForPlus(document.querySelector('.key[data-key="0"]'));
  byId("erase").addEventListener("click", () => setDialled(dialled().slice(0, -1)));
  byId("dial").addEventListener("input", () => setDialled(byId("dial").value));
  byId("entry").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => onKeyboard(event, listeners));
}
