// The server's clock in the browser. `<time data-since>` counts up, `<time data-until>` counts down;
// neither trusts the clock of the machine the page is shown on.

import { t } from "./words.js";

const TICK = 250;
let offset = 0; // server's time minus the page's monotonic time, in milliseconds

/** Take over a moment that the server just named. */
export function setNow(iso) {
  const told = Date.parse(iso);
  if (!Number.isNaN(told)) offset = told - performance.now();
}

/** The server's present, in milliseconds since 1970. */
export function now() {
  return offset + performance.now();
}

/** `3:07` or `1:03:07`. */
export function length(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function countDown(element) {
  const left = Date.parse(element.dataset.until) - now();
  const soon = Number(element.dataset.soon ?? 60) * 1000;
  element.classList.toggle("is-over", left < 0);
  element.classList.toggle("is-soon", left >= 0 && left <= soon);
  // Rounded up while it counts down: "0:00" means that it is over.
  const text = length(left >= 0 ? left + 999 : -left);
  if (element.dataset.bare !== undefined) write(element, text);
  else write(element, left >= 0 ? t("还有 {left}", { left: text }) : t("逾期 {left}", { left: text }));
}

/** A bar that empties: its width is what is left of the time from `data-from` to `data-to`. */
function drain(element) {
  const [from, to] = [Date.parse(element.dataset.from), Date.parse(element.dataset.to)];
  const left = Math.min(1, Math.max(0, (to - now()) / (to - from)));
  element.style.setProperty("--left", left.toFixed(4));
}

/** Write every clock on the page. Called by itself, and after something new was put in. */
export function paint(root = document) {
  for (const element of root.querySelectorAll("time[data-since]")) {
    write(element, length(now() - Date.parse(element.dataset.since)));
  }
  for (const element of root.querySelectorAll("time[data-until]")) countDown(element);
  for (const element of root.querySelectorAll("[data-from][data-to]")) drain(element);
}

setNow(document.querySelector('meta[name="server-now"]')?.content);
document.addEventListener("htmx:afterOnLoad", ({ detail }) => setNow(detail.xhr.getResponseHeader("X-Hotline-Now")));
document.addEventListener("htmx:afterSwap", () => paint());
setInterval(paint, TICK, document);
paint();
