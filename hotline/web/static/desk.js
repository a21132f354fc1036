// The desk's shell: ring, call bar and what is asked of somebody who writes or rests. It stays while
// pages change. Leaves the phone to phone.js; flags are crisis.js, which stands alone.

import { send, sentenceOf } from "./api.js";
import { find, findAll, nearest } from "./find.js";
import { isConnected, noteMicrophone, presentCall, showMuted, startPhone, toggleMute } from "./phone.js";
import { savePresentRecord } from "./record.js";
import { startRing, stopRing } from "./ring.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const bar = find("#bar", HTMLElement);
const danger = find("#danger", HTMLElement);
const said = find("#said", HTMLElement);
const AGAIN_MS = 2000;
const LOST = 0;
const FAULTS = 500; // and beyond: what was refused for good is not asked for again
const onOwnPhone = bar.dataset.answersOn === "own_phone";

/** @type {string | null} the offer to answer, as soon as its call is here */
let wanted = null;
let shown = document.getElementById("bar-state")?.dataset.view;
let [isInDanger, isWarned] = [false, false];

function offerShown() {
  return bar.querySelector("[data-offer]")?.getAttribute("data-offer") ?? null;
}

/**
 * Now, or as soon as the call is here: the bar may know of it before the softphone rings.
 * @param {HTMLButtonElement} button
 */
function answer(button) {
  const call = presentCall();
  if (!call && !isConnected()) {
    toast(t("软电话没有连上，来电不会在这里响。正在自动重试。"), "problem", "phone");
    return;
  }
  button.setAttribute("disabled", "");
  if (call) call.accept();
  else wanted = offerShown();
}

/** @param {import("./softphone.js").SoftphoneCall} call */
function takeIncoming(call) {
  if (wanted && wanted === offerShown()) call.accept();
  bar.dispatchEvent(new CustomEvent("desk:look", { bubbles: true }));
}

/** A child in danger waits, and she decides to answer: what she wrote is saved first. */
async function saveAndAnswer() {
  try {
    const isSaved = await savePresentRecord();
    if (!isSaved && !isWarned) {
      isWarned = true;
      toast(t("记录没有保存，也没能留在这台电脑上。再按一次仍然接听，没有保存的字可能丢失。"), "problem", "danger");
      return;
    }
    isWarned = false;
    await send("PUT", "/me/presence", { state: "ready", for_danger: true });
  } catch (refusal) {
    toast(sentenceOf(refusal), "problem", "danger");
  }
}

document.addEventListener("click", (event) => {
  const button = nearest(event, "button", HTMLButtonElement);
  if (!button) return;
  if ("answer" in button.dataset) answer(button);
  else if ("mute" in button.dataset) toggleMute();
  else if ("saveAndAnswer" in button.dataset) void saveAndAnswer();
});

/** The focus waits on Answer, unless somebody is writing. */
function focusAnswer() {
  if (document.activeElement?.matches("textarea, select, input.input")) return;
  findAll("[data-answer]", HTMLButtonElement, bar)[0]?.focus({ preventScroll: true });
}

/** Who hears the page is told once who rings: clocks that tick are not read out. */
function sayWhoRings() {
  const who = findAll(".incoming-who", HTMLElement, bar)[0]?.textContent ?? "";
  said.textContent = `${t("来电")} ${who.replace(/\s+/g, " ").trim()}`;
}

function beginRing() {
  sayWhoRings();
  focusAnswer();
}

function settleRing() {
  const ringing = offerShown() !== null;
  if (ringing && !document.title.startsWith("☎")) beginRing();
  else if (!ringing) said.textContent = "";
  document.title = ringing ? `☎ ${t("来电")}` : document.title.replace(/^☎ \S+$/, t("工作台"));
  if (ringing) startRing(bar.querySelector(".incoming.is-crisis") !== null);
  else if (!isInDanger) stopRing();
}

/** Who writes or rests may look elsewhere: the first sight of the strip is heard as well. */
function settleDanger() {
  const was = isInDanger;
  isInDanger = danger.querySelector("[data-save-and-answer]") !== null;
  if (isInDanger && !was) startRing(true, 3000);
}

/** @param {string | undefined} view of the bar: `rest`, or `call:` and its number */
const pageOf = (view) => (view?.startsWith("call:") ? `${bar.dataset.desk}/calls/${view.slice(5)}` : `${bar.dataset.desk}`);

/** @param {string | undefined} view of the bar */
function settlePage(view) {
  if (view === undefined || view === shown) return;
  shown = view;
  const asked = window.htmx.ajax("get", pageOf(view), { target: "#main", select: "#main", swap: "outerHTML" });
  asked.catch(() => undefined); // the shell tells of it, and it is asked for again
}

/**
 * A page that did not come, while the bar says it belongs here: without it nobody writes the record.
 * @param {DocumentEventMap["htmx:responseError"]} event
 */
function bringAgain({ detail }) {
  const { status } = detail.xhr;
  if (detail.requestConfig.path !== pageOf(shown) || (status !== LOST && status < FAULTS)) return;
  const missing = shown;
  setTimeout(() => {
    if (shown !== missing) return;
    shown = undefined;
    settle();
  }, AGAIN_MS);
}

/** After each look at the bar: ring or not, and bring the page that belongs to the state. */
function settle() {
  const state = document.getElementById("bar-state")?.dataset;
  if (!state) return;
  document.body.dataset.state = state.state;
  settleDanger();
  settleRing();
  showMuted();
  settlePage(state.view);
}

document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:responseError", bringAgain);
document.addEventListener("htmx:sendError", bringAgain);
window.addEventListener("beforeunload", (event) => presentCall() && event.preventDefault());
window.addEventListener("load", () => {
  settle();
  if (onOwnPhone) document.body.dataset.phone = "own";
  else startPhone(takeIncoming);
});

export const tryBell = () => startRing(false, 1500);

/** Asks for the microphone. Rejects where it is refused or there is none. */
export async function allowMicrophone() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) track.stop();
  noteMicrophone("granted");
}
