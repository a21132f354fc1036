// Sends what officers did, in order and each under its own key, as soon as there is a network: at
// once, when the browser says that it is back, when the page is opened or looked at, and by tries that
// become rarer. What follows on a refused act of the same escalation waits for its person.

import { Refusal, send, sentenceOf } from "./api.js";
import { actsOf, dropAct, isStillKept, noteRefused, setUpBox, wordsOf } from "./kept_acts.js";
import { t } from "./words.js";

/** @typedef {import("./kept_acts.js").Act} Act */

const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60_000;
const PATIENCE = 20_000; // a bad line is slow before it is away
const LOCK = "hotline.station.sending";

let owner = "";
let pause = FIRST_PAUSE;
let timer = 0;
let [isSending, isAskedAgain] = [false, false];

/** What the page says of it. @type {"sent" | "away" | "signed-out" | "somebody-else"} */
let state = "sent";
export const senderState = () => state;

/** @param {Act | null} sent */
function announce(sent) {
  document.dispatchEvent(new CustomEvent("acts:changed", { detail: { sent } }));
}

/** Raises where the server cannot be asked, or somebody else is signed in. */
export async function askForKey() {
  const told = /** @type {{ owner: string, key: string }} */ (await send("GET", "/me/browser-key"));
  return told;
}

/** @param {unknown} refusal */
const isPassing = (refusal) => refusal instanceof Refusal && (refusal.passing || refusal.status === 401);

/**
 * @param {Act} act
 * @param {string} sealKey
 */
async function sendOne(act, sealKey) {
  const words = await wordsOf(act, sealKey);
  if (words === null) throw new Error(t("写的内容打不开了：请再写一次。"));
  const body = words === "" ? undefined : JSON.parse(words);
  await send("POST", `/escalations/${act.escalation}/${act.what}`, body, { key: act.key, patience: PATIENCE });
}

/**
 * Whether the next may be tried.
 * @param {Act} act
 * @param {string} sealKey
 * @returns {Promise<"sent" | "refused" | "away">}
 */
async function tried(act, sealKey) {
  try {
    await sendOne(act, sealKey);
  } catch (refusal) {
    if (isPassing(refusal)) {
      state = refusal instanceof Refusal && refusal.status === 401 ? "signed-out" : "away";
      return "away";
    }
    await noteRefused(act, sentenceOf(refusal));
    announce(null);
    return "refused";
  }
  await dropAct(act);
  announce(act);
  return "sent";
}

/** Whether all that can be sent is sent. */
async function sendInOrder() {
  const waiting = await actsOf(owner);
  if (!waiting.some((act) => !act.refused)) return true;
  const told = await askForKey();
  if (told.owner !== owner) {
    state = "somebody-else";
    return false;
  }
  const held = new Set(waiting.filter((act) => act.refused).map((act) => act.escalation));
  for (const act of waiting.filter((one) => !one.refused)) {
    if (held.has(act.escalation) || !(await isStillKept(act))) continue;
    const came = await tried(act, told.key);
    if (came === "away") return false;
    if (came === "refused") held.add(act.escalation);
  }
  return true;
}

async function oneRound() {
  try {
    const isDone = await sendInOrder();
    if (isDone) state = "sent";
    return isDone;
  } catch (refusal) {
    state = refusal instanceof Refusal && refusal.status === 401 ? "signed-out" : "away";
    return false;
  }
}

/** One tab of a browser sends, the others see what is gone. */
async function lockedRound() {
  if (!("locks" in navigator)) return oneRound();
  return navigator.locks.request(LOCK, oneRound);
}

/** Now, and after pauses that grow until all of it is sent. */
export async function sendActs() {
  isAskedAgain = isSending;
  if (isSending) return;
  isSending = true;
  clearTimeout(timer);
  const isDone = await lockedRound();
  isSending = false;
  announce(null);
  if (isAskedAgain) {
    void sendActs();
    return;
  }
  pause = isDone ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
  if (!isDone) timer = setTimeout(() => void sendActs(), pause);
}

/** The line is back: what became rarer begins anew. */
function lineIsBack() {
  pause = FIRST_PAUSE;
  void sendActs();
}

/** @param {string} whose */
async function getReady(whose) {
  try {
    const told = await askForKey();
    if (told.owner === whose) await setUpBox(whose, told.key);
  } catch {
    // no network: the box of an earlier day will do
  }
}

/**
 * From now on. Resolves when acts may be kept.
 * @param {string} whose
 */
export async function takeUpActs(whose) {
  owner = whose;
  window.addEventListener("online", lineIsBack);
  document.body.addEventListener("sse:resync", lineIsBack);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && lineIsBack());
  await getReady(whose);
  void sendActs();
}
