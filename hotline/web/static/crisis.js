// The crisis panel: opened with one key, left with another, and the focus is where it was before. It
// needs nothing of the desk or the phone: where those do not load, a flag is raised all the same.

import { find, nearest } from "./find.js";
import { notePhonedAll, raiseFlag, sendAll, takeUpFlags } from "./flags.js";

const panel = find("#crisis", HTMLFormElement);
const band = find("#not-sent", HTMLElement);

/** @type {Element | null} where the focus was */
let cameFrom = null;

/** For the call that the bar of the desk shows. */
function open() {
  const call = document.querySelector("#bar [data-call]");
  if (!(call instanceof HTMLElement)) return;
  panel.dataset.call = call.dataset.call;
  panel.dataset.alarm = call.dataset.alarm ?? "";
  if (panel.hidden) cameFrom = document.activeElement;
  panel.hidden = false;
  find("[name=summary]", HTMLElement, panel).focus();
}

/** @param {FocusEvent} event of the field: few flags need it, so it comes when it is asked for */
function offerStations(event) {
  const field = event.currentTarget;
  if (field instanceof HTMLInputElement) void import("./station_choice.js").then((choice) => choice.offerStations(field));
}

/** The page may have been drawn anew meanwhile: the same field by its name, or the crisis button. */
function giveFocusBack() {
  const target = stillThere(cameFrom) ?? document.querySelector("[data-crisis]");
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  cameFrom = null;
}

/**
 * @param {Element | null} one
 * @returns {Element | null} it, or what stands in its place now
 */
function stillThere(one) {
  if (one === null || one === document.body) return null;
  if (one.isConnected) return one;
  const name = one.getAttribute("name");
  return one.id ? document.getElementById(one.id) : name ? document.querySelector(`main [name="${name}"]`) : null;
}

function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  panel.reset();
  giveFocusBack();
}

document.addEventListener("click", (event) => {
  if (nearest(event, "[data-crisis]", HTMLButtonElement)) open();
});
panel.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = new FormData(panel);
  raiseFlag({
    call: panel.dataset.call ?? "",
    alarm: panel.dataset.alarm ?? "",
    level: String(fields.get("level")),
    summary: String(fields.get("summary") ?? ""),
    station: String(fields.get("station") ?? "").trim(),
  });
  close();
});
find("[data-close]", HTMLElement, panel).addEventListener("click", close);
find("[name=station]", HTMLInputElement, panel).addEventListener("focus", offerStations, { once: true });
find("[data-again]", HTMLElement, band).addEventListener("click", sendAll);
find("[data-phoned]", HTMLElement, band).addEventListener("click", notePhonedAll);

/** So that a page that is opened while the server is away still says what was not sent. */
function standByForAway() {
  const version = /v-\w+/.exec(import.meta.url)?.[0] ?? "";
  const worker = `${document.documentElement.dataset.root}/away-worker.js?${version}`;
  navigator.serviceWorker?.register(worker).catch(() => {}); // without https there is none
}

window.addEventListener("load", standByForAway);
void takeUpFlags({ id: panel.dataset.owner ?? "", sealKey: panel.dataset.sealKey ?? "" });
