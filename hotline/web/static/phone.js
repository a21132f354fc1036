// The desk's phone: held by one tab, healed by itself and by its button. Mute, level and health are
// what the device says, never what was asked of it.

import { useChosen } from "./audio_choice.js";
import { takeExpected } from "./expected_call.js";
import { find, findAll } from "./find.js";
import { showMutedAtHeadset, useHeadset } from "./headset.js";
import { claimPhone } from "./here.js";
import { Holding } from "./holding.js";
import { troubleSentence } from "./phone_faults.js";
import { showQuality } from "./quality.js";
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

const LOOK_MS = 500;
const PAUSES = [2000, 5000, 10000, 20000, 30000]; // before each try to connect anew
const OWN_TRY_MS = 5000; // a device that lost its line tries by itself first
const OPENING_MS = 20000; // a device that is not through by then will not come through
const TROUBLED = ["bad", "wait"];
const ASKED_FOR = 6000; // a second press within this time means the first

/** @type {Partial<Record<PhoneHealth, { word: () => string, button: () => string }>>} */
const SENTENCES = {
  bad: { word: () => troubleSentence(phone.fault, phone.fails), button: () => t("立即重连") },
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
 * `isHeld`: no other tab of this browser has it. `isTaken`: another browser has.
 * `fails`: tries in vain since it last worked; `fault`: what it said; `healAt`: the next try.
 * @property {boolean} isHeld
 * @property {boolean} isTaken
 * @property {number} fails
 * @property {number | null} fault
 * @property {number} healAt
 */

/** @type {DeskPhone} */
const phone = {
  device: null,
  call: null,
  tries: 0,
  openingSince: null,
  isHeld: false,
  isTaken: false,
  fails: 0,
  fault: null,
  healAt: 0,
};
let askedAt = -ASKED_FOR;

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
  for (const button of findAll("[data-mute], [data-mutes]", HTMLElement)) button.ariaPressed = String(isMuted);
  showMutedAtHeadset(isMuted);
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
  for (const meters of findAll("[data-testid=levels], [data-levels]", HTMLElement)) {
    meters.dataset.levelIn = input.toFixed(3);
    meters.dataset.levelOut = output.toFixed(3);
    for (const [name, level] of Object.entries({ in: input, out: output })) {
      const meter = find(`[data-meter=${name}] i`, HTMLElement, meters);
      meter.style.setProperty("--level", String(Math.min(1, level * 4)));
    }
  }
}

function talks() {
  stopRing();
  showQuality("unknown");
  useHeadset(true);
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
    showQuality(null);
    useHeadset(false);
    if (!phone.isHeld || phone.isTaken) close(); // was lent until the end of this talk
  };
  call.on("cancel", over);
  call.on("reject", over);
  call.on("disconnect", over);
  call.on("accept", talks);
  call.on("reconnecting", () => showQuality("lost"));
  call.on("reconnected", () => showQuality("unknown"));
  call.on("mute", (isMuted) => showMuted(isMuted));
  call.on("volume", showLevels);
}

/**
 * Between two calls the microphone is closed, and nothing is known of it: only a yes or a no counts.
 * @param {string} state idle, asking, granted, silent, refused or missing
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

/**
 * A fault of one call is none of the device. One that is told while it connects ends the try: a
 * device that was refused waits for ever.
 * @param {{ code: number }} fault
 */
function lookAtDevice(fault) {
  if (phone.device?.state === "registered") {
    works();
    return;
  }
  phone.fault = fault.code;
  if (phone.openingSince === null) {
    troubled("bad");
    return;
  }
  close();
  failed();
}

function works() {
  [phone.fails, phone.fault] = [0, null];
  show("good");
  void useDevices();
}

/** Those chosen in this browser, where this maker lets one choose. */
export async function useDevices() {
  const audio = phone.device?.audio;
  document.body.dataset.audio = audio ? "chosen" : "default";
  try {
    if (audio) await useChosen(audio);
  } catch {
    toast(t("选好的麦克风或耳机不在了，先用系统默认的。"), "problem", "devices");
  }
}

/** @param {"bad" | "wait"} health */
function troubled(health) {
  phone.healAt = performance.now() + OWN_TRY_MS;
  show(health);
}

/** @param {HTMLElementEventMap["phone:call"]["detail"]} detail `isOpen`: after a reload */
function tellCall(detail) {
  document.body.dispatchEvent(new CustomEvent("phone:call", { detail }));
}

/**
 * @param {number} ours which try this is
 * @returns {import("./softphone.js").Hears}
 */
function hears(ours) {
  const ifOurs = (/** @type {() => void} */ act) => () => {
    if (ours === phone.tries && phone.isHeld && !phone.isTaken) act();
  };
  return {
    registered: ifOurs(works),
    unregistered: ifOurs(() => troubled("bad")),
    lost: ifOurs(() => troubled("wait")),
    error: (fault) => ifOurs(() => lookAtDevice(fault))(),
    replaced: ifOurs(replaced),
    incoming: (call) => {
      follow(call);
      const whose = takeExpected();
      tellCall({ call, whose, isOpen: false });
      if (whose === null) onIncoming(call);
      else call.accept();
    },
    restored: (call) => {
      follow(call);
      talks();
      tellCall({ call, whose: null, isOpen: true });
    },
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

/** @param {import("./here.js").Takes} takes */
async function open(takes = "if_idle") {
  close();
  const ours = phone.tries;
  phone.openingSince = performance.now();
  phone.isTaken = false;
  show("wait");
  const place = await claimPhone(takes);
  if (ours !== phone.tries) return;
  if (place === "elsewhere") replaced();
  else await connect(ours);
}

/** @param {number} ours which try this is */
async function connect(ours) {
  try {
    const device = await openSoftphone(hears(ours), (one) => made(one, ours));
    if (ours !== phone.tries) return;
    phone.openingSince = null;
    if (device) works();
    else show("none");
  } catch (fault) {
    if (ours !== phone.tries) return;
    if (fault instanceof Error && "code" in fault) phone.fault = Number(fault.code);
    failed();
  }
}

/** It is tried again, each time a little later. */
function failed() {
  phone.openingSince = null;
  phone.healAt = performance.now() + (PAUSES[phone.fails] ?? PAUSES[PAUSES.length - 1] ?? 0);
  phone.fails += 1;
  show("bad");
}

/** Another browser has the phone. A talk goes on here to its end. */
function replaced() {
  phone.isTaken = true;
  phone.openingSince = null;
  show("replaced");
  if (!phone.call) close();
}

/** @param {CustomEvent<{ place: import("./here.js").PhonePlace }>} event what the server knows */
function settlePlace({ detail: { place } }) {
  if (!phone.isHeld || phone.openingSince !== null) return;
  if (place === "elsewhere" && !phone.isTaken) replaced();
  else if (place === "free" && phone.isTaken && !phone.call) void open();
}

/** A talk is not cut for it: then the line comes back by itself, or the house rings again. */
function heal() {
  const isOpening = phone.openingSince !== null && performance.now() - phone.openingSince < OPENING_MS;
  if (!phone.isHeld || phone.call || isOpening || performance.now() < phone.healAt) return;
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

/** Who talks in another window is asked first: the talk may stay there. */
function isMeant() {
  const isBusy = ["offered", "talking"].includes(document.body.dataset.state ?? "") && !phone.call;
  const isSecond = performance.now() - askedAt < ASKED_FOR;
  askedAt = performance.now();
  if (!isBusy || isSecond) return true;
  toast(t("您正在另一个窗口通话或响铃。再按一次，软电话就改到这里，通话可能留在那里。"), "problem", "phone");
  return false;
}

/** The button: whatever is wrong, it is put right, or said to be right. */
function press() {
  const health = document.body.dataset.phone;
  if (health === "good") toast(t("软电话正常，来电会在这里响。"));
  else if (health === "elsewhere" && isMeant()) holding.take();
  else if (health === "replaced" && isMeant()) void open("always");
  else if (phone.isHeld && !phone.isTaken) void open();
}

/** @param {(call: SoftphoneCall) => void} incoming what to do with a call that rings and was not asked for */
export function startPhone(incoming) {
  onIncoming = incoming;
  chip.addEventListener("click", press);
  find("[data-heal]", HTMLElement, band).addEventListener("click", press);
  document.body.addEventListener("phone:place", settlePlace);
  setInterval(heal, LOOK_MS);
  window.addEventListener("online", () => (phone.healAt = 0));
  holding.claim();
}
