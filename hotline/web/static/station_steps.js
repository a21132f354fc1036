// The one step under the thumb: of all forms of an escalation the next one, or what its person chose.
// What waits in the browser counts as done, so that the next can be done without a network as well.

import { findAll } from "./find.js";
import { nameOf } from "./queued_list.js";
import { t } from "./words.js";

/** @typedef {import("./kept_acts.js").Act} Act */
/** @typedef {{ state: string, taken: Set<string> }} Way */

/** As the lifecycle in hotline/escalations/model.py: what an act makes of a state. @type {Record<string, string>} */
const LEADS_TO = { acknowledge: "acknowledged", accept: "accepted", report: "reported", close: "closed", return: "returned" };
/** @type {Record<string, string>} */
const STEP_OF = { "on-the-way": "on_the_way", "contact-made": "contact_made" };
/** As `next_step` in hotline/escalations/way.py. @type {Record<string, string>} */
const NEXT = { open: "acknowledged", acknowledged: "accepted", reported: "closed" };

let chosen = "";

/** @param {HTMLElement} acts */
function wayOf(acts) {
  return { state: acts.dataset.state ?? "", taken: new Set((acts.dataset.taken ?? "").split(" ")) };
}

/**
 * @param {Way} way
 * @param {Act[]} waiting
 * @returns {Way} as it will be when they have arrived
 */
function after({ state, taken }, waiting) {
  const then = new Set(taken);
  let reached = state;
  for (const { what } of waiting) {
    reached = LEADS_TO[what] ?? reached;
    then.add(STEP_OF[what] ?? LEADS_TO[what] ?? "");
  }
  return { state: reached, taken: then };
}

/** @param {Way} way */
function nextOf({ state, taken }) {
  if (state !== "accepted") return NEXT[state] ?? "";
  if (taken.has("contact_made")) return "reported";
  return taken.has("on_the_way") ? "contact_made" : "on_the_way";
}

/**
 * @param {HTMLElement} acts
 * @param {Act[]} waiting
 */
function stepToShow(acts, waiting) {
  if (chosen && acts.querySelector(`form[data-step="${chosen}"]`)) return chosen;
  const next = nextOf(after(wayOf(acts), waiting));
  const isRescued = waiting.some((act) => act.what === "rescue");
  return next === "closed" && acts.dataset.unrescued && !isRescued ? "rescue" : next;
}

/**
 * @param {Element} place
 * @param {Act[]} waiting
 */
export function sayQueued(place, waiting) {
  const line = place.querySelector("[data-queued-here]");
  if (!(line instanceof HTMLElement)) return;
  line.hidden = waiting.length === 0;
  const names = waiting.map(nameOf).join(t("、"));
  const words = line.querySelector("span");
  if (words) words.textContent = t("已排队，恢复后自动发送：{names}", { names });
}

/**
 * @param {Act[]} waiting of this escalation
 * @param {Set<string>} steps
 */
function markWay(waiting, steps) {
  for (const step of findAll("[data-way]", HTMLElement)) {
    const isQueued = waiting.length > 0 && steps.has(step.dataset.way ?? "") && !step.classList.contains("is-done");
    step.classList.toggle("is-queued", isQueued);
  }
}

/**
 * @param {Act[]} given of everything: what the page does not show yet
 * @param {Act[]} queued of these, what is said to wait
 */
export function showSteps(given, queued) {
  const acts = document.querySelector("[data-steps]");
  if (!(acts instanceof HTMLElement)) return;
  const isHere = (/** @type {Act} */ act) => act.escalation === acts.dataset.escalation && !act.refused;
  const waiting = given.filter(isHere);
  const way = after(wayOf(acts), waiting);
  const step = stepToShow(acts, waiting);
  for (const form of findAll("form[data-step]", HTMLFormElement, acts)) form.hidden = form.dataset.step !== step;
  for (const one of findAll("[data-choose][data-in]", HTMLElement, acts)) {
    one.hidden = !(one.dataset.in ?? "").split(" ").includes(way.state) || one.dataset.choose === step;
  }
  const back = acts.querySelector('[data-choose=""]');
  if (back instanceof HTMLElement) back.hidden = !chosen;
  sayQueued(acts, queued.filter(isHere));
  markWay(waiting, way.taken);
}

/**
 * @param {string} step empty: whatever is next
 */
export function choose(step) {
  chosen = step;
}

/** What was chosen has the focus, so that one thumb goes on. */
export function focusStep() {
  const field = document.querySelector(`form[data-step="${chosen}"] .input, form[data-step="${chosen}"] input:not([type=hidden])`);
  if (chosen && field instanceof HTMLElement) field.focus();
}
