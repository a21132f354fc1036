// The red band that nobody can miss: how many flags are not sent, and the number to ring by hand.

import { find } from "./find.js";
import { keptEntries, notePhoned } from "./kept_flags.js";
import { t } from "./words.js";

/** @typedef {Pick<import("./kept_flags.js").Flag, "alarm" | "level" | "phoned">} Shown */

/** @type {Record<string, () => string>} */
const LEVELS = { imminent: () => t("迫在眉睫"), high: () => t("高风险") };

/** @param {string} alarm */
function linkTo(alarm) {
  const link = document.createElement("a");
  link.className = "number";
  link.href = `tel:${alarm.replaceAll("-", "")}`;
  link.textContent = alarm;
  return link;
}

/** @param {readonly Shown[]} flags */
function countsOf(flags) {
  const counts = Object.entries(LEVELS).map(([level, word]) => {
    const count = flags.filter((flag) => flag.level === level).length;
    return count ? t("{level} {count} 条", { level: word(), count }) : "";
  });
  return counts.filter(Boolean).join(t("、"));
}

/**
 * @param {readonly Shown[]} flags
 * @param {{ mine: number, tries: number, why: string }} state
 */
function sentenceFor(flags, { mine, tries, why }) {
  const parts = [t("还有 {count} 条没有送达：{levels}。", { count: flags.length, levels: countsOf(flags) })];
  if (mine < flags.length) parts.push(t("其中 {count} 条要由上报的同事登录后才能送出。", { count: flags.length - mine }));
  if (tries) parts.push(t("已重试 {count} 次，仍在自动重试。", { count: tries }));
  if (why) parts.push(why);
  return parts.join(" ");
}

/**
 * `mine`: how many of them this person can send. `why`: what the server said against it.
 * @param {readonly Shown[]} flags
 * @param {{ mine: number, tries: number, why: string }} state
 */
export function showNotSent(flags, state) {
  const band = find("#not-sent", HTMLElement);
  band.hidden = flags.length === 0;
  band.dataset.count = String(flags.length);
  if (band.hidden) return;
  const numbers = [...new Set(flags.map((flag) => flag.alarm).filter(Boolean))];
  find("[data-alarms]", HTMLElement, band).replaceChildren(...numbers.flatMap((alarm) => [linkTo(alarm), " "]));
  find("[data-not-sent]", HTMLElement, band).textContent = sentenceFor(flags, state);
  const phoned = find("[data-phoned]", HTMLElement, band);
  phoned.setAttribute("aria-pressed", String(flags.every((flag) => flag.phoned)));
  find("[data-again]", HTMLElement, band).hidden = state.mine === 0;
}

/** Where nobody can send: what waits until somebody can. */
function showKept() {
  const flags = keptEntries().map(([, entry]) => entry);
  showNotSent(flags, { mine: 0, tries: 0, why: flags.length ? t("登录后自动送出。") : "" });
}

/** Shows it from now on; that somebody rang by hand can be said here too. */
export function watchKept() {
  showKept();
  window.addEventListener("storage", showKept); // somebody signed in elsewhere, and it was sent
  find("#not-sent [data-phoned]", HTMLElement).addEventListener("click", () => {
    for (const [key] of keptEntries()) notePhoned(key);
    showKept();
  });
}
