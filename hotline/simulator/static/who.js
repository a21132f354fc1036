// Whose phone this is: a few made-up people, any other number, and the page's address that says so.
// Leaves moving the phone to another number to its listener.

import { byId, spaced, typed } from "./display.js";
import { place } from "./i18n.js";

/** @typedef {{ number: string, words: import("./i18n.js").TextKey }} Preset */

const STATION = "02000000202"; // it is rung, and has no reason to dial the hotline

/**
 * Made up: the simulator rings nobody outside this machine.
 * @satisfies {[Preset, ...Preset[]]}
 */
const PRESETS = [
  { number: "15400000001", words: "presetChild" },
  { number: "15400000002", words: "presetTeen" },
  { number: "15400000003", words: "presetGrandmother" },
  { number: "15400000004", words: "presetParent" },
  { number: STATION, words: "presetStation" },
];

const own = typed("own", HTMLButtonElement);
let current = "";
/** @type {(number: string) => void} */
let onChange = () => {};

/** The number the page's address asks for, or the first of the made-up people. */
export function chosenNumber() {
  const asked = new URLSearchParams(globalThis.location.search).get("number");
  return asked?.trim().replace(/^ (?=\d)/, "+") || PRESETS[0].number;
}

/** @param {Preset} preset */
function presetButton({ number, words }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "preset";
  button.dataset.number = number;
  button.dataset.testid = `preset-${number}`;
  const name = document.createElement("span");
  place(name, words);
  const digits = document.createElement("small");
  digits.textContent = spaced(number);
  button.append(name, digits);
  button.addEventListener("click", () => choose(number));
  return button;
}

/** @param {string} number */
function choose(number) {
  openSheet(false);
  if (number === current) return;
  const address = new URL(globalThis.location.href);
  address.searchParams.set("number", number);
  globalThis.history.replaceState(null, "", address);
  showOwnNumber(number);
  onChange(number);
}

/** @param {string} number */
export function showOwnNumber(number) {
  current = number;
  byId("own-number").textContent = spaced(number);
  place(byId("empty-title"), number === STATION ? "emptyTitleStation" : "emptyTitle");
  for (const button of document.querySelectorAll(".preset")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-number") === number));
  }
}

/**
 * During a call the number stays.
 * @param {boolean} locked
 */
export function lockNumber(locked) {
  byId("who-locked").hidden = !locked;
  own.disabled = locked;
  if (locked) openSheet(false);
  for (const control of byId("who").querySelectorAll(".preset, .other input, .other button")) {
    control.toggleAttribute("disabled", locked);
  }
}

/** @param {boolean} open */
function openSheet(open) {
  byId("who").toggleAttribute("data-open", open);
  own.setAttribute("aria-expanded", String(open));
  if (!open) return;
  const chosen = byId("presets").querySelector("[aria-pressed=true], button");
  if (chosen instanceof HTMLElement) chosen.focus();
}

export function sheetIsOpen() {
  return byId("who").hasAttribute("data-open");
}

export function closeSheet() {
  openSheet(false);
  own.focus();
}

/** @param {(number: string) => void} listener told of another number */
export function setUpWho(listener) {
  onChange = listener;
  for (const preset of PRESETS) {
    const item = document.createElement("li");
    item.append(presetButton(preset));
    byId("presets").append(item);
  }
  own.addEventListener("click", () => openSheet(!sheetIsOpen()));
  document.addEventListener("pointerdown", ({ target }) => {
    if (sheetIsOpen() && target instanceof Element && !target.closest("#who, #own")) openSheet(false);
  });
  byId("who-close").addEventListener("click", closeSheet);
  byId("other").addEventListener("submit", (event) => {
    event.preventDefault();
    choose(typed("other-number", HTMLInputElement).value.replaceAll(/[\s-]/g, ""));
  });
}
