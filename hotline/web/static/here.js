// The desk proves that it is there. The live stream asks with a number, this script answers with the
// state of the phone, and only that keeps a counselor ready: a frozen page does not answer. Driven
// by the question and by no timer, since browsers slow the timers of a page that nobody looks at.

import { newKey } from "./api.js";

/** @typedef {"here" | "elsewhere" | "free"} PhonePlace */
/** @typedef {"no" | "if_idle" | "always"} Takes */

const PATIENCE = 8000; // an answer that took longer than this proves nothing
const KEPT = "hotline-console";
const SAID = ["good", "wait", "bad", "none", "own"];

const { body, documentElement } = document;
const isAsked = (body.dataset.liveUrl ?? "").includes("desk=1");

/** One name for all tabs of a browser: which of them has the phone they settle by themselves. */
function consoleName() {
  const kept = localStorage.getItem(KEPT) ?? newKey();
  localStorage.setItem(KEPT, kept);
  return kept;
}

const name = consoleName();
let beat = 0;
let claims = 0;
let [isTelling, isOutdated] = [false, false];

/** What is told of the phone here; of one that another browser took, that it does not ring here. */
function phoneSaid() {
  const health = body.dataset.phone ?? "wait";
  if (health === "good" && isDeaf()) return "bad";
  return SAID.includes(health) ? health : "bad";
}

/** It would ring, and the child would not be heard: a talk that goes on is left alone. */
function isDeaf() {
  return body.dataset.state === "ready" && ["missing", "refused"].includes(body.dataset.microphone ?? "");
}

/**
 * Where this person's phone is, or null where the server could not be asked.
 * @param {Takes} takes
 * @returns {Promise<PhonePlace | null>}
 */
async function tell(takes) {
  try {
    const answer = await fetch(`${documentElement.dataset.root}/api/v1/me/here`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Hotline": "1" },
      body: JSON.stringify({ beat, console: name, phone: phoneSaid(), takes }),
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    return answer.ok ? (await answer.json()).phone : null;
  } catch {
    return null; // the next question comes soon
  }
}

/** One answer at a time, and the newest after it: a slow line is not filled with old ones. */
async function report() {
  isOutdated = isTelling;
  if (isTelling || body.dataset.phone === "elsewhere") return;
  isTelling = true;
  const before = claims;
  const place = await tell("no");
  isTelling = false;
  if (place && before === claims) body.dispatchEvent(new CustomEvent("phone:place", { detail: { place } }));
  if (isOutdated) void report();
}

/**
 * Asks for the phone before it is opened here.
 * @param {Takes} takes `if_idle`: not from a browser in which somebody rings or talks
 * @returns {Promise<PhonePlace | null>}
 */
export async function claimPhone(takes) {
  claims += 1; // what was answered before is of yesterday
  return isAsked ? tell(takes) : "here";
}

if (isAsked) {
  body.addEventListener("live:beat", ({ detail }) => {
    beat = Number(detail.id);
    void report();
  });
  new MutationObserver(() => void report()).observe(body, { attributeFilter: ["data-phone", "data-microphone"] });
}
