// The desk's shell: softphone, ring, call bar and the crisis panel. It stays while pages change.

import { openCrisis } from "./crisis.js";
import { find, nearest } from "./find.js";
import { startRing, stopRing } from "./ring.js";
import { openSoftphone } from "./softphone.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** @typedef {import("./softphone.js").SoftphoneCall} SoftphoneCall */

const bar = find("#bar", HTMLElement);
const health = document.getElementById("phone-health");
const onOwnPhone = bar.dataset.answersOn === "own_phone";
const NOT_CONNECTED = () => t("软电话没有连上，正在重试。可以先暂停接听。");

/** @type {{ call: SoftphoneCall | null, wanted: string | null }} `wanted`: the offer to answer */
const phone = { call: null, wanted: null };
let shown = document.getElementById("bar-state")?.dataset.view;

/** @param {"good" | "wait" | "bad"} state */
function setHealth(state) {
  if (health) health.dataset.health = state;
  document.body.dataset.phone = state;
}

// ── the softphone ──────────────────────────────────────────────────────────────────────────────

/** @param {SoftphoneCall} call */
function follow(call) {
  phone.call = call;
  const over = () => {
    if (phone.call === call) phone.call = null;
    stopRing();
  };
  call.on("cancel", over);
  call.on("reject", over);
  call.on("disconnect", over);
  call.on("accept", stopRing);
  call.on("volume", showLevels);
}

/** @param {string} state idle, asking, granted, refused or missing */
function noteMicrophone(state) {
  document.body.dataset.microphone = state;
  if (state === "refused") toast(t("浏览器没有使用麦克风的权限，来电者听不到您。请在地址栏允许。"), "problem");
}

/** @type {import("./softphone.js").Hears} */
const HEARS = {
  registered: () => setHealth("good"),
  unregistered: () => setHealth("bad"),
  lost: () => setHealth("wait"),
  error: () => setHealth("bad"),
  replaced: () => {
    setHealth("bad");
    toast(t("软电话已在另一个窗口打开，请在那里接听。"), "problem");
  },
  incoming: (call) => {
    follow(call);
    const offer = bar.querySelector("[data-offer]")?.getAttribute("data-offer");
    if (offer && offer === phone.wanted) call.accept();
    bar.dispatchEvent(new CustomEvent("desk:look", { bubbles: true }));
  },
  restored: follow,
  microphone: noteMicrophone,
};

/**
 * @param {number} input 0 to 1
 * @param {number} output 0 to 1
 */
function showLevels(input, output) {
  const meters = bar.querySelector("[data-testid=levels]");
  if (!(meters instanceof HTMLElement)) return;
  meters.dataset.levelIn = input.toFixed(3);
  meters.dataset.levelOut = output.toFixed(3);
  for (const [name, level] of Object.entries({ in: input, out: output })) {
    const meter = find(`[data-meter=${name}] i`, HTMLElement, meters);
    meter.style.setProperty("--level", String(Math.min(1, level * 4)));
  }
}

async function start() {
  if (onOwnPhone) {
    setHealth("good");
    return;
  }
  try {
    const device = await openSoftphone(HEARS);
    if (device === null) setHealth("bad");
  } catch {
    setHealth("bad");
    toast(NOT_CONNECTED(), "problem");
    setTimeout(start, 5000);
  }
}

// ── the bar ────────────────────────────────────────────────────────────────────────────────────

/**
 * Now, or as soon as the call is here: the bar may know of it before the softphone rings.
 * @param {HTMLButtonElement} button
 */
function answer(button) {
  if (!phone.call && document.body.dataset.phone !== "good") {
    toast(NOT_CONNECTED(), "problem");
    return;
  }
  button.setAttribute("disabled", "");
  if (phone.call) phone.call.accept();
  else phone.wanted = button.closest("[data-offer]")?.getAttribute("data-offer") ?? null;
}

/** @param {HTMLButtonElement} button */
function mute(button) {
  if (!phone.call) return;
  phone.call.mute(!phone.call.isMuted());
  button.setAttribute("aria-pressed", String(phone.call.isMuted()));
}

document.addEventListener("click", (event) => {
  const button = nearest(event, "button", HTMLButtonElement);
  if (!button) return;
  if ("answer" in button.dataset) answer(button);
  else if ("mute" in button.dataset) mute(button);
  else if ("crisis" in button.dataset) openCrisis(bar);
});

function settleRing() {
  const ringing = bar.querySelector("[data-offer]") !== null;
  document.title = ringing ? `☎ ${t("来电")}` : document.title.replace(/^☎ \S+$/, t("工作台"));
  if (ringing) startRing(bar.querySelector(".incoming.is-crisis") !== null);
  else stopRing();
}

/** @param {string | undefined} view of the bar: `rest`, or `call:` and its number */
function settlePage(view) {
  if (view === undefined || view === shown) return;
  shown = view;
  const page = view.startsWith("call:") ? `${bar.dataset.desk}/calls/${view.slice(5)}` : `${bar.dataset.desk}`;
  void window.htmx.ajax("get", page, { target: "#main", select: "#main", swap: "outerHTML" });
}

/** After each look at the bar: ring or not, and bring the page that belongs to the state. */
function settle() {
  const state = document.getElementById("bar-state")?.dataset;
  if (!state) return;
  document.body.dataset.state = state.state;
  settleRing();
  if (phone.call && state.state === "talking") {
    bar.querySelector("[data-mute]")?.setAttribute("aria-pressed", String(phone.call.isMuted()));
  }
  settlePage(state.view);
}

document.addEventListener("htmx:afterSettle", settle);
window.addEventListener("beforeunload", (event) => phone.call && event.preventDefault());
window.addEventListener("load", () => {
  settle();
  void start();
});

export const tryBell = () => startRing(false, 1500);

/** Asks for the microphone. Rejects where it is refused or there is none. */
export async function allowMicrophone() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) track.stop();
  noteMicrophone("granted");
}
