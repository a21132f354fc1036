// Two versions of a record side by side, where both say something else: mine, theirs, or both. It
// changes nothing by itself; nothing is chosen beforehand.

import { timeOfDay } from "./clock.js";
import { find } from "./find.js";
import { nameOf, wordsFor } from "./form_values.js";
import { textOf } from "./merging.js";
import { t } from "./words.js";

/** @typedef {import("./merging.js").Clash} Clash */
/** @typedef {import("./merging.js").Choice} Choice */

/** @type {Record<Choice, () => string>} */
const CHOICES = { mine: () => t("用我写的"), theirs: () => t("用对方写的"), both: () => t("两段都留下") };

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {string} className
 * @param {...(Node | string)} children
 */
function made(name, className, ...children) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}

/**
 * One side in words: of a text only what differs, with a line of what stands around it.
 * @param {HTMLFormElement} form
 * @param {Clash} clash
 * @param {"mine" | "theirs"} side
 */
function sideOf(form, clash, side) {
  const differing = clash.pieces?.filter((piece) => !Array.isArray(piece));
  const words = differing ? textOf(differing, side) : wordsFor(form, clash.name, clash[side]);
  const title = side === "mine" ? t("我写的") : t("对方写的");
  const text = made("p", "clash-words", words || t("没有填"));
  text.dataset.testid = `clash-${clash.name}-${side}`;
  return made("div", "well stack-small", made("span", "soft small", title), text);
}

/**
 * @param {HTMLFormElement} form
 * @param {Clash} clash
 * @param {(choice: Choice) => void} choose
 */
function blockOf(form, clash, choose) {
  const ways = /** @type {Choice[]} */ (clash.pieces ? ["mine", "theirs", "both"] : ["mine", "theirs"]);
  const buttons = ways.map((way) => {
    const button = made("button", "button", CHOICES[way]());
    button.setAttribute("type", "button");
    button.setAttribute("aria-pressed", "false");
    button.dataset.testid = `clash-${clash.name}-use-${way}`;
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      choose(way);
    });
    return button;
  });
  const sides = made("div", "clash-sides", sideOf(form, clash, "mine"), sideOf(form, clash, "theirs"));
  const block = made("section", "stack-small", made("h4", "", nameOf(form, clash.name)), sides, made("div", "row", ...buttons));
  block.setAttribute("role", "group");
  block.setAttribute("aria-label", nameOf(form, clash.name));
  return block;
}

/**
 * Shows them; the choices are told at once when the last is made and confirmed.
 * @param {HTMLFormElement} form
 * @param {readonly Clash[]} clashes
 * @param {{ who: string, at: string }} newest
 * @param {(choices: Map<string, Choice>) => void} decided
 */
export function showClashes(form, clashes, { who, at }, decided) {
  const panel = find("[data-clashes]", HTMLElement, form);
  const confirm = find("[data-clashes-confirm]", HTMLButtonElement, panel);
  const choices = /** @type {Map<string, Choice>} */ (new Map());
  const blocks = clashes.map((clash) =>
    blockOf(form, clash, (choice) => {
      choices.set(clash.name, choice);
      confirm.disabled = choices.size < clashes.length;
    }),
  );
  find("[data-clashes-who]", HTMLElement, panel).textContent = t("{who} {time} 存了另一版，和您写的有 {count} 处不同。", {
    who,
    time: timeOfDay(at),
    count: clashes.length,
  });
  find("[data-clashes-list]", HTMLElement, panel).replaceChildren(...blocks);
  confirm.disabled = true;
  confirm.onclick = () => decided(choices);
  const wasHidden = panel.hidden;
  panel.hidden = false;
  if (wasHidden) panel.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLFormElement} form */
export function hideClashes(form) {
  find("[data-clashes]", HTMLElement, form).hidden = true;
}
