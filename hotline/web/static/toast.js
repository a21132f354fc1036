// A calm word in the corner: what happened, what is safe, what to do now.

import { t } from "./words.js";

const STAY = { done: 4000, problem: 12000 };
const ICONS = { done: "check", problem: "alert" };

export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.documentElement.dataset.root}/static/icons.svg#${name}`);
  drawing.append(use);
  return drawing;
}

/** `kind`: done or problem. The same sentence is not shown twice at once. */
export function toast(sentence, kind = "done") {
  const shelf = document.getElementById("toasts");
  for (const old of shelf.children) if (old.dataset.sentence === sentence) old.remove();
  const [box, text, close] = ["div", "p", "button"].map((name) => document.createElement(name));
  box.className = `toast is-${kind}`;
  box.dataset.sentence = sentence;
  box.dataset.testid = "toast";
  text.textContent = sentence;
  close.className = "button is-quiet";
  close.type = "button";
  close.setAttribute("aria-label", t("关闭"));
  close.append(icon("close"));
  close.addEventListener("click", () => box.remove());
  box.append(icon(ICONS[kind]), text, close);
  shelf.append(box);
  setTimeout(() => box.remove(), STAY[kind]);
}
