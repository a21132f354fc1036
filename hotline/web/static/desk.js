// The desk's shell: softphone, ring, call bar and the crisis panel. It stays while pages change.

import { startRing, stopRing } from "./ring.js";
import { openCrisis } from "./crisis.js";
import { openSoftphone } from "./softphone.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const bar = document.getElementById("bar");
const health = document.getElementById("phone-health");
const onOwnPhone = bar.dataset.answersOn === "own_phone";
const phone = { device: null, call: null, wanted: null };
const NOT_CONNECTED = () => t("软电话没有连上，正在重试。可以先暂停接听。");
let shown = document.getElementById("bar-state")?.dataset.view;

function setHealth(state) {
  if (health) health.dataset.health = state;
  document.body.dataset.phone = state;
  document.body.dispatchEvent(new CustomEvent("phone:health", { detail: state }));
}

// ── the softphone ──────────────────────────────────────────────────────────────────────────────

function follow(call) {
  phone.call = call;
  const over = () => {
    if (phone.call === call) phone.call = null;
    stopRing();
  };
  for (const event of ["cancel", "reject", "disconnect"]) call.on(event, over);
  call.on("accept", stopRing);
  call.on("volume", showLevels);
}

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
    const offer = bar.querySelector("[data-offer]")?.dataset.offer;
    if (offer && offer === phone.wanted) call.accept();
    bar.dispatchEvent(new CustomEvent("desk:look", { bubbles: true }));
  },
  restored: follow,
  microphone: (state) => {
    document.body.dataset.microphone = state;
    document.body.dispatchEvent(new CustomEvent("phone:microphone", { detail: state }));
    if (state === "refused") toast(t("浏览器没有使用麦克风的权限，来电者听不到您。请在地址栏允许。"), "problem");
  },
};

function showLevels(input, output) {
  const meters = bar.querySelector("[data-testid=levels]");
  if (!meters) return;
  meters.dataset.levelIn = input.toFixed(3);
  meters.dataset.levelOut = output.toFixed(3);
  for (const [name, level] of [["in", input], ["out", output]]) {
    meters.querySelector(`[data-meter=${name}] i`).style.setProperty("--level", Math.min(1, level * 4));
  }
}

async function start() {
  if (onOwnPhone) return setHealth("good");
  try {
    phone.device = await openSoftphone((event, ...details) => HEARS[event]?.(...details));
    if (phone.device === null) setHealth("bad");
  } catch {
    setHealth("bad");
    toast(NOT_CONNECTED(), "problem");
    setTimeout(start, 5000);
  }
}

// ── the bar ────────────────────────────────────────────────────────────────────────────────────

/** Now, or as soon as the call is here: the bar may know of it before the softphone rings. */
function answer(button) {
  if (!phone.call && document.body.dataset.phone !== "good") return toast(NOT_CONNECTED(), "problem");
  button.setAttribute("disabled", "");
  if (phone.call) phone.call.accept();
  else phone.wanted = button.closest("[data-offer]").dataset.offer;
}

function mute(button) {
  if (!phone.call) return;
  phone.call.mute(!phone.call.isMuted());
  button.setAttribute("aria-pressed", String(phone.call.isMuted()));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if ("answer" in button.dataset) answer(button);
  else if ("mute" in button.dataset) mute(button);
  else if ("crisis" in button.dataset) openCrisis(bar);
});

/** After each look at the bar: ring or not, and bring the page that belongs to the state. */
function settle() {
  const state = document.getElementById("bar-state")?.dataset;
  if (!state) return;
  document.body.dataset.state = state.state;
  const ringing = bar.querySelector("[data-offer]");
  document.title = ringing ? `☎ ${t("来电")}` : document.title.replace(/^☎ \S+$/, t("工作台"));
  if (ringing) startRing(bar.querySelector(".incoming.is-crisis") !== null);
  else stopRing();
  if (phone.call && state.state === "talking") {
    bar.querySelector("[data-mute]")?.setAttribute("aria-pressed", String(phone.call.isMuted()));
  }
  if (state.view === shown) return;
  shown = state.view;
  const page = shown.startsWith("call:") ? `${bar.dataset.desk}/calls/${shown.slice(5)}` : bar.dataset.desk;
  window.htmx.ajax("GET", page, { target: "#main", select: "#main", swap: "outerHTML" });
}

document.addEventListener("htmx:afterSettle", settle);
window.addEventListener("beforeunload", (event) => phone.call && event.preventDefault());
window.addEventListener("load", () => {
  settle();
  start();
});
export const tryBell = () => startRing(false, 1500);
export const allowMicrophone = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) track.stop();
  HEARS.microphone("granted");
};
