// The server's clock in the browser. `<time data-since>` counts up, `<time data-until>` counts down,
// a bar between data-from and data-to drains; none trusts the clock of the machine it is shown on.

import { findAll } from "./find.js";
import { t } from "./words.js";

const TICK = 250;
const DAY_H = 24;
let offset = 0; // server's time minus the page's monotonic time, in milliseconds

/**
 * Take over a moment that the server just named.
 * @param {string | null | undefined} iso
 */
export function setNow(iso) {
  const told = Date.parse(iso ?? "");
  if (!Number.isNaN(told)) offset = told - performance.now();
}

/** The server's present, in milliseconds since 1970. */
export function now() {
  return offset + performance.now();
}

/**
 * `3:07`, and from an hour on in words with two units: three cannot be read at a glance.
 * @param {number} milliseconds
 */
export function length(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (/** @type {number} */ number) => String(number).padStart(2, "0");
  if (hours >= DAY_H) return t("{days} 天 {hours} 小时", { days: Math.floor(hours / DAY_H), hours: hours % DAY_H });
  if (hours) return t("{hours} 小时 {minutes} 分", { hours, minutes });
  return `${minutes}:${pad(rest)}`;
}

/**
 * A moment as the time of day in Guangdong: `14:02`.
 * @param {string} iso
 */
export function timeOfDay(iso) {
  const form = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" });
  return new Date(iso).toLocaleTimeString("en-GB", form);
}

/**
 * What a data attribute names, in milliseconds since 1970; NaN where it names nothing.
 * @param {HTMLElement} element
 * @param {"since" | "until" | "from" | "to"} name
 */
function momentOf(element, name) {
  return Date.parse(element.dataset[name] ?? "");
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element */
function countDown(element) {
  const left = momentOf(element, "until") - now();
  const soon = Number(element.dataset.soon ?? 60) * 1000;
  element.classList.toggle("is-over", left < 0);
  element.classList.toggle("is-soon", left >= 0 && left <= soon);
  // Rounded up while it counts down: "0:00" means that it is over.
  const text = length(left >= 0 ? left + 999 : -left);
  if (element.dataset.bare !== undefined) write(element, text);
  else write(element, left >= 0 ? t("还有 {left}", { left: text }) : t("逾期 {left}", { left: text }));
}

/**
 * A bar that empties: its width is what is left of the time from `data-from` to `data-to`.
 * @param {HTMLElement} element
 */
function drain(element) {
  const [from, to] = [momentOf(element, "from"), momentOf(element, "to")];
  const left = Math.min(1, Math.max(0, (to - now()) / (to - from)));
  element.style.setProperty("--left", left.toFixed(4));
}

/** Write every clock on the page. Called by itself, and after something new was put in. */
export function paint() {
  for (const element of findAll("time[data-since]", HTMLElement)) {
    write(element, length(now() - momentOf(element, "since")));
  }
  for (const element of findAll("time[data-until]", HTMLElement)) countDown(element);
  for (const element of findAll("[data-from][data-to]", HTMLElement)) drain(element);
}

setNow(findAll('meta[name="server-now"]', HTMLMetaElement)[0]?.content);
document.addEventListener("htmx:afterOnLoad", ({ detail }) => setNow(detail.xhr.getResponseHeader("X-Hotline-Now")));
document.addEventListener("htmx:afterSwap", paint);
setInterval(paint, TICK);
paint();
