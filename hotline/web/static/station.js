// A station's pages: whatever an officer does is kept in the browser first and sent from there, so that
// neither a bad line nor a closed app loses it; and the pages can be opened without a network.

import { newKey } from "./api.js";
import { askForKey, senderState, sendActs, takeUpActs } from "./act_sender.js";
import { now } from "./clock.js";
import { find, findAll, nearest } from "./find.js";
import { actsOf, dropAct, holdInPage, keepAct, wordsOf } from "./kept_acts.js";
import { compareClocks, goOnAlone, here } from "./kept_clock.js";
import { showQueue } from "./queued_list.js";
import { choose, focusStep, sayQueued, showSteps } from "./station_steps.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** @typedef {import("./kept_acts.js").Act} Act */
/** @typedef {import("./queued_list.js").Choice} Choice */
/** @typedef {Record<string, unknown>} Body */

const ACT = /^\/escalations\/([^/]+)\/(acknowledge|accept|return|on-the-way|contact-made|report|comment|close|rescue)$/;
const TELL_WHEN = ["on-the-way", "contact-made", "report"]; // what was done, and may be told late
const MINUTE = 60_000;
const PAGES = "hotline.station"; // as in station_worker.js

const SHOWN_AFTER = 1500; // most acts have arrived by then, and nothing need move on the page

let owner = "";
/** @type {Act[]} arrived, and the page does not show it yet */
let landed = [];
/** @type {Promise<void>} */
let ready = Promise.resolve();

/** @returns {Promise<void>} */
async function show() {
  const acts = await actsOf(owner);
  const late = acts.filter((act) => act.refused || senderState() !== "sent" || here() - act.at > SHOWN_AFTER);
  showQueue(find("#queue", HTMLElement), late, senderState(), (choice, act) => void decided(choice, act));
  showSteps([...landed, ...acts], late);
  for (const card of findAll("[data-card]", HTMLElement)) {
    const isOfCard = (/** @type {Act} */ act) => act.escalation === card.dataset.card && !act.refused;
    sayQueued(card, late.filter(isOfCard));
    const isTold = [...landed, ...acts].some(isOfCard);
    for (const button of findAll("button[data-command]", HTMLButtonElement, card)) button.disabled = isTold;
  }
}

/**
 * With when it was done: it may arrive much later.
 * @param {string} what
 * @param {Body | undefined} body
 * @param {number} at
 */
function told(what, body, at) {
  if (TELL_WHEN.includes(what)) return { ...body, done_at: new Date(at).toISOString() };
  if (what === "rescue") return { ...body, contacted_at: new Date(at - (at % MINUTE)).toISOString() };
  return body;
}

/**
 * First kept, then sent.
 * @param {import("./kept_acts.js").Known} known
 * @param {Body | undefined} body
 */
async function keep(known, body) {
  const words = body ? JSON.stringify(body) : "";
  try {
    await keepAct(known, words).catch(() => ready.then(() => keepAct(known, words)));
  } catch {
    holdInPage(known, words);
  }
  choose("");
  await show();
  setTimeout(() => void show(), SHOWN_AFTER);
  void sendActs();
}

/**
 * @param {Event} event
 * @param {HTMLElement} element a form, or a button
 * @param {RegExpExecArray} found which act, of which escalation
 * @param {Body} [body]
 */
function takeOver(event, element, [, escalation = "", what = ""], body) {
  event.preventDefault();
  const at = here();
  const number = nearest(event, "[data-number]", HTMLElement)?.dataset.number ?? "";
  const { done = "" } = element.dataset;
  const known = { key: newKey(), owner, escalation, number, what, at, done, refused: "", hasWords: Boolean(body?.text) };
  void keep(known, told(what, body, at)).then(() => emptied(element));
}

/** Nothing of the station stays on the phone: here at once, and what is on its way by the worker. */
function forgetPages() {
  navigator.serviceWorker?.controller?.postMessage(null);
  void window.caches?.delete(PAGES);
}

/** @param {Event} event a command that somebody gave on this page */
function taken(event) {
  if (!(event instanceof CustomEvent && event.target instanceof HTMLElement)) return;
  const command = /** @type {{ path: string, body?: Body }} */ (event.detail);
  if (command.path === "/sessions/current") forgetPages();
  const found = ACT.exec(command.path);
  if (found) takeOver(event, event.target, found, command.body);
}

/** @param {HTMLElement} target what was written is kept elsewhere now */
function emptied(target) {
  if (!(target instanceof HTMLFormElement)) return;
  target.reset();
  for (const sure of findAll("[data-sure]", HTMLElement, target)) sure.hidden = true;
}

/**
 * What was written, opened by the log-in of its writer; null where that is not here.
 * @param {Act} act
 * @returns {Promise<Body | null>}
 */
async function bodyOf(act) {
  try {
    const words = await wordsOf(act, (await askForKey()).key);
    return words === null ? null : words === "" ? {} : JSON.parse(words);
  } catch {
    toast(t("现在打不开写的内容：要连上网、由您本人登录。内容仍在。"), "problem", "queue");
    return null;
  }
}

/**
 * As another act, at the end of the queue; `seen` is left out, for its person has looked.
 * @param {Act} act
 * @param {string} what
 */
async function sendAs(act, what) {
  const body = await bodyOf(act);
  if (body === null) return;
  const again = { ...body };
  delete again.seen;
  if (Date.parse(String(again.done_at)) > now()) delete again.done_at; // a clock was wrong: now, then
  const { escalation, number, at, done, hasWords } = act;
  const known = { key: newKey(), owner, escalation, number, what, at, done, refused: "", hasWords };
  await keep(known, what === "comment" ? { text: again.text } : again);
  await dropAct(act); // not before the other lies there: a phone may be switched off in between
}

/** @param {Act} act */
async function copy(act) {
  const body = await bodyOf(act);
  if (body === null) return;
  await navigator.clipboard.writeText(String(body.text ?? ""));
  toast(t("已复制"), "done", "queue");
}

/**
 * @param {Choice} choice
 * @param {Act} act
 */
async function decided(choice, act) {
  if (choice === "copy") await copy(act);
  else if (choice === "withdraw") await dropAct(act);
  else await sendAs(act, choice === "as-comment" ? "comment" : act.what);
  await show();
  void sendActs();
}

/** @param {Event} event */
function changed(event) {
  const { sent } = /** @type {CustomEvent<{ sent: Act | null }>} */ (event).detail;
  if (sent) {
    landed.push(sent);
    toast(sent.done || t("已送到"), "done", "queue");
    for (const topic of [`sse:escalation-${sent.escalation}`, "sse:escalation"]) {
      document.body.dispatchEvent(new CustomEvent(topic, { bubbles: true }));
    }
  }
  void show();
}

/** @param {MouseEvent} event */
function clicked(event) {
  const button = nearest(event, "[data-choose]", HTMLButtonElement);
  if (!button) return;
  button.closest("details[open]")?.removeAttribute("open");
  choose(button.dataset.choose ?? "");
  void show().then(focusStep);
}

/** What the phone will need to open these pages alone; the worker fetches it once more. */
async function standBy({ worker = "", scope = "" }) {
  if (!navigator.serviceWorker) return; // without https there is none
  const isAlone = !navigator.serviceWorker.controller;
  const version = /v-\w+/.exec(import.meta.url)?.[0] ?? "";
  await navigator.serviceWorker.register(`${worker}?${version}`, { scope });
  if (!isAlone) return;
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  active?.postMessage({ page: location.href, files: loaded.filter((name) => name.includes("/static/v-")) });
}

/** A page that the phone kept says so, until the server has told what is so. */
function sayAge() {
  const main = find("#main", HTMLElement);
  const note = find("#kept-page", HTMLElement);
  note.hidden = !main.dataset.kept;
  if (main.dataset.kept) goOnAlone();
  else compareClocks();
}

/** @param {Event} event a part of the page came from the server */
function isFresh(event) {
  const main = find("#main", HTMLElement);
  if (main.dataset.kept) {
    delete main.dataset.kept;
    sayAge();
  }
  if (event.target instanceof Element && event.target.closest(".next-step-place, #escalations")) landed = [];
  void show();
}

/** What looks again by itself fails without a network, and need not say so each time. */
function hush(/** @type {Event} */ event) {
  const { requestConfig } = /** @type {CustomEvent<{ requestConfig?: { triggeringEvent?: Event } }>} */ (event).detail;
  if (requestConfig?.triggeringEvent?.type.startsWith("sse:")) event.stopPropagation();
}

/** @param {HTMLElement} queue */
function begin(queue) {
  owner = queue.dataset.owner ?? "";
  document.addEventListener("command:wanted", taken);
  document.addEventListener("acts:changed", changed);
  document.addEventListener("click", clicked);
  document.addEventListener("htmx:afterSettle", isFresh);
  window.addEventListener("htmx:sendError", hush, { capture: true });
  sayAge();
  void show();
  ready = takeUpActs(owner);
  void standBy(queue.dataset).catch(() => {}); // no network yet: the next page tries again
}

begin(find("#queue", HTMLElement));
