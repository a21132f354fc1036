// What a caller says of themselves, 0 to 100, at the start and at the end; the change is drawn as soon
// as both are there.

import { find } from "./find.js";

const [TOP, BOTTOM] = [6, 42];

/**
 * @param {HTMLElement} scale
 * @param {string} moment
 * @returns {number | null}
 */
export function ratingOf(scale, moment) {
  const input = find(`[data-rating=${moment}]`, HTMLInputElement, scale);
  const isThere = input.value.trim() !== "" && input.checkValidity();
  return isThere ? Number(input.value) : null;
}

/**
 * @param {HTMLElement} scale
 * @param {number} from
 * @param {number} to
 */
function draw(scale, from, to) {
  const [y1, y2] = [from, to].map((value) => String(BOTTOM - (value / 100) * (BOTTOM - TOP)));
  const line = find("[data-line]", SVGLineElement, scale);
  line.setAttribute("y1", y1 ?? "");
  line.setAttribute("y2", y2 ?? "");
  find("[data-from]", SVGCircleElement, scale).setAttribute("cy", y1 ?? "");
  find("[data-to]", SVGCircleElement, scale).setAttribute("cy", y2 ?? "");
}

/**
 * @param {HTMLElement} scale
 * @param {number} change
 */
function say(scale, change) {
  find("[data-change-word]", HTMLElement, scale).textContent = change > 0 ? `+${change}` : String(change);
  const isBetter = scale.dataset.better === "up" ? change > 0 : change < 0;
  scale.dataset.change = change === 0 ? "none" : isBetter ? "better" : "worse";
}

/** @param {HTMLElement} scale */
export function drawChange(scale) {
  const [from, to] = [ratingOf(scale, "start"), ratingOf(scale, "end")];
  const isThere = from !== null && to !== null;
  find(".rating-change", SVGSVGElement, scale).toggleAttribute("hidden", !isThere);
  find("[data-change-word]", HTMLElement, scale).hidden = !isThere;
  if (!isThere) return;
  say(scale, to - from);
  draw(scale, from, to);
}
