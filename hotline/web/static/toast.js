// A calm word in the corner: what happened, what is safe, what to do now.

import { find, findAll } from "./find.js";
import { t } from "./words.js";

/** @typedef {"done" | "problem"} Kind */

const STAY = { done: 4000, problem: 12000 };
const ICONS = { done: "check", problem: "alert" };

/** The drawings, brought with the page: what must be said may be that the network is gone. */
const drawings = fetch(`${document.documentElement.dataset.root}/static/icons.svg`)
  .then((answer) => answer.text())
  .then((text) => new DOMParser().parseFromString(text, "image/svg+xml"))
  .catch(() => null);

/** @param {string} name of a symbol in icons.svg */
function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  void drawings.then((sheet) => drawing.append(...(sheet?.getElementById(name)?.cloneNode(true).childNodes ?? [])));
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
 * What was said of a matter is no longer so.
 * @param {string} about
 */
export function unsay(about) {
  for (const old of findAll(".toast", HTMLElement)) if (old.dataset.about === about) old.remove();
}

/**
 * Of one matter only the newest word stands: a success takes the errors before it away.
 * @param {string} sentence
 * @param {Kind} [kind]
 * @param {string} [about] the matter; by itself the sentence
 */
export function toast(sentence, kind = "done", about = sentence) {
  const shelf = find("#toasts", HTMLElement);
  unsay(about);
  const [box, text] = [document.createElement("div"), document.createElement("p")];
  box.className = `toast is-${kind}`;
  box.dataset.about = about;
  box.dataset.testid = "toast";
  text.textContent = sentence;
  box.append(icon(ICONS[kind]), text, closeButton(box));
  shelf.prepend(box); // the newest first
  setTimeout(() => box.remove(), STAY[kind]);
}
