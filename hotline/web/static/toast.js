// A calm word in the corner: what happened, what is safe, what to do now.

import { find, findAll } from "./find.js";
import { t } from "./words.js";

/** @typedef {"done" | "problem"} Kind */

const STAY = { done: 4000, problem: 12000 };
const ICONS = { done: "check", problem: "alert" };

/** @param {string} name of a symbol in icons.svg */
export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.documentElement.dataset.root}/static/icons.svg#${name}`);
  drawing.append(use);
  return drawing;
}

/** @param {HTMLElement} box */
function closeButton(box) {
  const close = document.createElement("button");
  close.className = "button is-quiet";
  close.type = "button";
  close.setAttribute("aria-label", t("关闭"));
  close.append(icon("close"));
  close.addEventListener("click", () => box.remove());
  return close;
}

/**
 * The same sentence is not shown twice at once.
 * @param {string} sentence
 * @param {Kind} [kind]
 */
export function toast(sentence, kind = "done") {
  const shelf = find("#toasts", HTMLElement);
  for (const old of findAll(".toast", HTMLElement, shelf)) if (old.dataset.sentence === sentence) old.remove();
  const [box, text] = [document.createElement("div"), document.createElement("p")];
  box.className = `toast is-${kind}`;
  box.dataset.sentence = sentence;
  box.dataset.testid = "toast";
  text.textContent = sentence;
  box.append(icon(ICONS[kind]), text, closeButton(box));
  shelf.append(box);
  setTimeout(() => box.remove(), STAY[kind]);
}
