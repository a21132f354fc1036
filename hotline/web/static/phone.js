// The desk's phone: held by one tab, healed by itself and by its button. Mute, level and health are
// what the device says, never what was asked of it.

import { find } from "./find.js";
import { Holding } from "./holding.js";
import { stopRing } from "./ring.js";
import { openSoftphone } from "./softphone.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** @typedef {import("./softphone.js").SoftphoneCall} SoftphoneCall */
/** @typedef {import("./softphone.js").SoftphoneDevice} SoftphoneDevice */

/**
 * good: it rings here. wait: connecting. bad: it does not, and is tried again. elsewhere: another tab
 * of this browser has it. replaced: another browser has it. none: this installation has none.
 * @typedef {"good" | "wait" | "bad" | "elsewhere" | "replaced" | "none"} PhoneHealth
 */

const HEAL_MS = 5000;
const OPENING_MS = 20000; // a device that is not through by then will not come through
const TROUBLED = ["bad", "wait"];

/** @type {Partial<Record<PhoneHealth, { word: () => string, button: () => string }>>} */
const SENTENCES = {
  bad: { word: () => t("软电话没有连上，来电不会在这里响。正在自动重试。"), button: () => t("立即重连") },
  elsewhere: { word: () => t("软电话在另一个窗口里，来电在那里响。"), button: () => t("改在这里接听") },
  replaced: { word: () => t("软电话被另一台电脑或另一个浏览器接走了，来电不会在这里响。"), button: () => t("改在这里接听") },
  none: { word: () => t("这个系统没有配置软电话，请用自己的电话接听。"), button: () => "" },
};

const bar = find("#bar", HTMLElement);
const band = find("#phone-band", HTMLElement);
const chip = find("#phone-health", HTMLElement);

/**
 * `tries`: how often the device was opened; an older try that comes late must not count.
 * `openingSince`: on the page's own clock, null where nothing is being opened.
 * @typedef {object} DeskPhone
 * @property {SoftphoneDevice | null} device
 * @property {SoftphoneCall | null} call
 * @property {number} tries
 * @property {number | null} openingSince
 * @property {boolean} isHeld
 */

/** @type {DeskPhone} */
const phone = { device: null, call: null, tries: 0, openingSince: null, isHeld: false };

/** @type {(call: SoftphoneCall) => void} */
let onIncoming = () => {};

/** The call in this tab, ringing or talking; null where there is none. */
export function presentCall() {
  return phone.call;
}

export function isConnected() {
  return document.body.dataset.phone === "good";
}

/** @param {PhoneHealth} health */
function show(health) {
  document.body.dataset.phone = health;
  chip.dataset.health = ["good", "wait"].includes(health) ? health : "bad";
  const said = SENTENCES[health];
  band.hidden = said === undefined;
  find("[data-phone-word]", HTMLElement, band).textContent = said?.word() ?? "";
  const button = find("[data-heal]", HTMLElement, band);
  button.hidden = !said?.button();
  button.textContent = said?.button() ?? "";
}

// ── one call ───────────────────────────────────────────────────────────────────────────────────

/** After each look at the bar, too: its button is drawn anew without knowing. */
export function showMuted(isMuted = document.body.dataset.muted === "true") {
  document.body.dataset.muted = String(isMuted);
  bar.querySelector("[data-mute]")?.setAttribute("aria-pressed", String(isMuted));
}

/** The button asks; the device tells what came of it (`mute`). */
export function toggleMute() {
  if (phone.call) phone.call.mute(document.body.dataset.muted !== "true");
  else toast(t("这通电话不在这个窗口里，请在接听它的窗口静音。"), "problem");
}

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

/** @param {SoftphoneCall} call */
function follow(call) {
  phone.call = call;
  showMuted(call.isMuted());
  const over = () => {
    if (phone.call !== call) return; // another rings here now: this phone was shared, and that ring goes on
    stopRing();
    phone.call = null;
    showMuted(false);
    if (!phone.isHeld) close(); // was lent until the end of this talk
  };
  call.on("cancel", over);
  call.on("reject", over);
  call.on("disconnect", over);
  call.on("accept", stopRing);
  call.on("mute", (isMuted) => showMuted(isMuted));
  call.on("volume", showLevels);
}

/**
 * Between two calls the microphone is closed, and nothing is known of it: only a yes or a no counts.
 * @param {string} state idle, asking, granted, refused or missing
 */
export function noteMicrophone(state) {
  if (["idle", "asking"].includes(state)) return;
  document.body.dataset.microphone = state;
  if (state === "refused") toast(t("浏览器没有使用麦克风的权限，来电者听不到您。请在地址栏允许。"), "problem", "microphone");
  if (state === "missing") toast(t("没有找到麦克风，来电者听不到您。请检查耳机是否插好。"), "problem", "microphone");
}

// ── the device ─────────────────────────────────────────────────────────────────────────────────

function close() {
  phone.tries += 1;
  phone.device?.destroy();
  phone.device = null;
}

/** A fault of one call is none of the device. */
function lookAtDevice() {
  show(phone.device?.state === "registered" ? "good" : "bad");
}

/**
 * @param {number} ours which try this is
 * @returns {import("./softphone.js").Hears}
 */
function hears(ours) {
  const ifOurs = (/** @type {() => void} */ act) => () => {
    if (ours === phone.tries && phone.isHeld) act();
  };
  return {
    registered: ifOurs(() => show("good")),
    unregistered: ifOurs(() => show("bad")),
    lost: ifOurs(() => show("wait")),
    error: ifOurs(lookAtDevice),
    replaced: ifOurs(() => show("replaced")),
    incoming: (call) => {
      follow(call);
      onIncoming(call);
    },
    restored: follow,
    microphone: noteMicrophone,
  };
}

/**
 * @param {SoftphoneDevice} device
 * @param {number} ours
 */
function made(device, ours) {
  if (ours === phone.tries) phone.device = device;
  else device.destroy(); // a newer try is under way
}

async function open() {
  close();
  const ours = phone.tries;
  phone.openingSince = performance.now();
  show("wait");
  /** @type {PhoneHealth} */
  let health = "bad";
  try {
    const device = await openSoftphone(hears(ours), (one) => made(one, ours));
    health = device === null ? "none" : "good";
  } catch {
    // said below, and tried again
  }
  if (ours !== phone.tries) return;
  phone.openingSince = null;
  show(health);
}

/** A talk is not cut for it: then the line comes back by itself, or the house rings again. */
function heal() {
  const isOpening = phone.openingSince !== null && performance.now() - phone.openingSince < OPENING_MS;
  if (!phone.isHeld || phone.call || isOpening) return;
  if (TROUBLED.includes(document.body.dataset.phone ?? "")) void open();
}

const holding = new Holding(`hotline-phone-${bar.dataset.staff}`, {
  held() {
    phone.isHeld = true;
    void open();
  },
  taken() {
    phone.isHeld = false;
    show("elsewhere");
    if (!phone.call) close();
  },
});

/** The button: whatever is wrong, it is put right, or said to be right. */
function press() {
  const health = document.body.dataset.phone;
  if (health === "good") toast(t("软电话正常，来电会在这里响。"));
  else if (health === "elsewhere") holding.take();
  else if (phone.isHeld) void open();
}

/** @param {(call: SoftphoneCall) => void} incoming what to do with a call that rings */
export function startPhone(incoming) {
  onIncoming = incoming;
  chip.addEventListener("click", press);
  find("[data-heal]", HTMLElement, band).addEventListener("click", press);
  setInterval(heal, HEAL_MS);
  holding.claim();
}
