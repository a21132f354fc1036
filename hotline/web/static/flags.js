// Every press of the crisis button is a flag of its own. It is kept until the server has it: sent
// again and again, the loudest first, with one key each, over reloads and log-ins.

import { newKey, Refusal, send, sentenceOf } from "./api.js";
import { now } from "./clock.js";
import { followOtherTabs, forget, keep, keptEntries, notePhoned, opened } from "./kept_flags.js";
import { showNotSent } from "./not_sent.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** @typedef {import("./kept_flags.js").Flag} Flag */

const AGAIN_MS = 3000;
const SHOWN_AFTER_MS = 2000; // most flags are sent by then, and nobody need be alarmed
const LOUDEST_FIRST = ["imminent", "high"];

/** @type {{ id: string, sealKey: string }} who is signed in */
const me = { id: "", sealKey: "" };
/** @type {Map<string, Flag>} */
const waiting = new Map();
/** @type {Set<string>} keys of the flags whose answer is awaited */
const asked = new Set();
/** @type {Map<string, number>} how often each was tried in vain */
const tries = new Map();
let [why, isShown] = ["", false];

/**
 * @param {Flag} one
 * @param {Flag} other
 */
function byLoudness(one, other) {
  const loudness = LOUDEST_FIRST.indexOf(one.level) - LOUDEST_FIRST.indexOf(other.level);
  return loudness || one.at.localeCompare(other.at);
}

/** A colleague's flag waits for the colleague: the server would not take it from anybody else. */
function mine() {
  return [...waiting.values()].filter((flag) => flag.owner === me.id).sort(byLoudness);
}

function show() {
  if (waiting.size === 0) [why, isShown] = ["", false];
  const flags = isShown ? [...waiting.values()].sort(byLoudness) : [];
  const most = Math.max(0, ...flags.map((flag) => tries.get(flag.key) ?? 0));
  showNotSent(flags, { mine: mine().length, tries: most, why });
}

function showAll() {
  isShown = waiting.size > 0;
  show();
}

/** @param {Flag} flag that the server has */
function sent(flag) {
  forget(flag.key);
  if (!waiting.delete(flag.key)) return;
  toast(t("已上报，正在呼叫保护站值班人员。"), "done", "flag");
  show();
}

/**
 * @param {Flag} flag
 * @param {unknown} refusal
 */
function notSent(flag, refusal) {
  tries.set(flag.key, (tries.get(flag.key) ?? 0) + 1);
  why = refusal instanceof Refusal && refusal.passing ? "" : sentenceOf(refusal);
  showAll();
}

/** @param {Flag} flag */
async function trySending(flag) {
  if (asked.has(flag.key)) return;
  asked.add(flag.key);
  const body = { level: flag.level, summary: flag.summary ?? "", client_key: flag.key, station: flag.station ?? "" };
  try {
    await send("POST", `/calls/${flag.call}/flags`, body, { key: flag.key });
    sent(flag);
  } catch (refusal) {
    const isThere = refusal instanceof Refusal && refusal.kind === "KeyReused"; // under this very key
    if (isThere) sent(flag);
    else notSent(flag, refusal);
  } finally {
    asked.delete(flag.key);
  }
}

/** The loudest first, one after the other. The next round passes by who hangs on its answer. */
async function sendAllInOrder() {
  for (const flag of mine()) await trySending(flag);
}

export function sendAll() {
  void sendAllInOrder();
}

/**
 * One press.
 * @param {{ call: string, alarm: string, level: string, summary: string, station: string }} raised
 */
export function raiseFlag(raised) {
  const flag = { ...raised, key: newKey(), owner: me.id, at: new Date(now()).toISOString(), phoned: false };
  waiting.set(flag.key, flag);
  void keep(flag, me.sealKey, () => waiting.has(flag.key));
  setTimeout(showAll, SHOWN_AFTER_MS);
  sendAll();
}

/** Somebody rang the station by hand: that stays said for each of these flags. */
export function notePhonedAll() {
  for (const flag of waiting.values()) {
    flag.phoned = true;
    notePhoned(flag.key);
  }
  show();
}

/**
 * @param {string} key
 * @param {import("./kept_flags.js").Entry | null} entry
 */
async function takeIn(key, entry) {
  if (entry === null) waiting.delete(key);
  else waiting.set(key, await opened(key, entry, me.sealKey));
}

/**
 * Takes up what was kept before, and goes on until all of it is sent.
 * @param {{ id: string, sealKey: string }} signedIn
 */
export async function takeUpFlags(signedIn) {
  Object.assign(me, signedIn);
  followOtherTabs((key, entry) => void takeIn(key, entry).then(showAll));
  window.addEventListener("online", sendAll);
  for (const [key, entry] of keptEntries()) await takeIn(key, entry);
  showAll();
  setInterval(sendAll, AGAIN_MS);
  sendAll();
}
