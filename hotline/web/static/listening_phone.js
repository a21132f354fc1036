// The talks of others that a supervisor comes into. A call that this page asked for is accepted by
// itself; any other rings with an answer button, unless the desk beside it knows whose it is.

import { find, findAll, nearest } from "./find.js";
import { startPhone, toggleMute } from "./phone.js";
import { startRing } from "./ring.js";
import { t } from "./words.js";

/** @typedef {import("./softphone.js").SoftphoneCall} SoftphoneCall */

const DESK_PATIENCE = 1500; // the desk's bar may know a moment later what rings

const { body } = document;
const bar = find("#bar", HTMLElement);
const band = find("#listening", HTMLElement);
const word = find("[data-listening-word]", HTMLElement, band);
const answer = find("[data-listen=answer]", HTMLElement, band);
const leave = find("[data-listen=leave]", HTMLElement, band);
const hasDesk = bar.dataset.desk !== undefined;

/** @type {SoftphoneCall | null} */
let present = null;
let isAnswered = false;

/**
 * @param {string} sentence
 * @param {boolean} isRinging
 */
function show(sentence, isRinging) {
  band.hidden = false;
  word.textContent = sentence;
  answer.hidden = !isRinging;
  for (const ofTalk of findAll("[data-listen=mute], [data-levels]", HTMLElement, band)) ofTalk.hidden = isRinging;
  leave.dataset.listen = isRinging ? "refuse" : "leave";
  find("[data-word]", HTMLElement, leave).textContent = isRinging ? t("拒接") : t("离开通话");
}

/** @param {string | null} whose */
function talks(whose) {
  show(whose ? t("您在 {whose} 的通话中", { whose }) : t("您在通话中"), false);
}

function rings() {
  startRing(false);
  show(t("电话找您"), true);
}

function isTheDesks() {
  return bar.querySelector("[data-offer], [data-testid=callbar][data-state=talking]") !== null;
}

/**
 * Where the desk has an offer or a talk, the call is that one.
 * @param {SoftphoneCall} call
 * @param {() => void} say
 */
function unlessTheDesks(call, say) {
  const look = () => present === call && !isTheDesks() && say();
  if (hasDesk) setTimeout(look, DESK_PATIENCE);
  else look();
}

/** @param {HTMLElementEventMap["phone:call"]} event */
function takeCall({ detail: { call, whose, isOpen } }) {
  present = call;
  isAnswered = isOpen;
  const over = () => {
    if (present !== call) return;
    present = null;
    band.hidden = true;
  };
  for (const end of /** @type {const} */ (["cancel", "reject", "disconnect"])) call.on(end, over);
  call.on("accept", () => {
    isAnswered = true;
    if (!band.hidden) talks(whose);
  });
  if (whose !== null) talks(whose);
  else unlessTheDesks(call, () => (isAnswered ? talks(null) : rings()));
}

/** @type {Record<string, () => void>} */
const ACTS = {
  answer: () => present?.accept(),
  refuse: () => present?.reject(),
  mute: toggleMute,
  leave: () => present?.disconnect(),
};

document.addEventListener("click", (event) => {
  const act = nearest(event, "[data-listen]", HTMLElement)?.dataset.listen;
  if (act) ACTS[act]?.();
});
document.addEventListener("click", (event) => {
  const goes = nearest(event, "[data-expects-call]", HTMLElement);
  if (goes && present && !isAnswered && !isTheDesks()) present.accept(); // it rings for that already
});
body.addEventListener("phone:call", takeCall);
window.addEventListener("beforeunload", (event) => present && event.preventDefault());
if (!hasDesk) window.addEventListener("load", () => startPhone(() => {}));
