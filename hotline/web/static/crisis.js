// The crisis panel: opened with one key, left with another, and the focus is where it was before. It
// needs nothing of the desk or the phone: where those do not load, a flag is raised all the same.

import { find, nearest } from "./find.js";
import { notePhonedAll, raiseFlag, sendAll, takeUpFlags } from "./flags.js";
import { toast, unsay } from "./toast.js";
import { t } from "./words.js";

const panel = find("#crisis", HTMLFormElement);
const band = find("#not-sent", HTMLElement);

const EARLY = "early"; // what is said of a press before the talk is shown

/** @type {Element | null} where the focus was */
let cameFrom = null;
/** @type {string | undefined} the call that was ringing when the key was pressed: its talk is not shown yet */
let wanted;

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

/**
 * The voices may be there before the bar says so: a press between is not lost.
 * @param {KeyboardEvent} event
 */
function openSoon(event) {
  const ringing = document.querySelector("#bar [data-offer]");
  if (event.key !== "F9" || !(ringing instanceof HTMLElement)) return;
  event.preventDefault();
  wanted = ringing.dataset.call;
  toast(t("接通后马上打开升级上报。"), "done", EARLY);
}

/** The bar was drawn anew: the talk is there, or it still rings, or it came to nothing. */
function openAsWanted() {
  if (wanted === undefined || document.querySelector("#bar [data-offer]")) return;
  const here = document.querySelector("#bar [data-crisis]")?.closest("[data-call]");
  if (here instanceof HTMLElement && here.dataset.call === wanted) open();
  wanted = undefined;
  unsay(EARLY);
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
document.addEventListener("keydown", openSoon);
document.addEventListener("htmx:afterSettle", openAsWanted);
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
