// The choice of devices below the device check: microphone, headphones, and a second output to ring
// on. Kept in this browser. While it is open the microphone's level is shown.

import { chosenDevice, chooseDevice } from "./audio_choice.js";
import { find, findAll } from "./find.js";
import { openLevel } from "./microphone_level.js";
import { noteMicrophone, useDevices } from "./phone.js";
import { t } from "./words.js";

/** @typedef {import("./audio_choice.js").AudioUse} AudioUse */

const LOOK_MS = 80;
/** @type {Record<AudioUse, { kind: MediaDeviceKind, own: () => string }>} */
const USES = {
  input: { kind: "audioinput", own: () => t("系统默认") },
  output: { kind: "audiooutput", own: () => t("系统默认") },
  ring: { kind: "audiooutput", own: () => t("不另外响铃") },
};

/**
 * @param {HTMLSelectElement} select
 * @param {MediaDeviceInfo[]} present
 */
function fill(select, present) {
  const use = /** @type {AudioUse} */ (select.name);
  const { kind, own } = USES[use];
  const found = present.filter((device) => device.kind === kind && device.deviceId && device.deviceId !== "default");
  const options = found.map((device, place) => new Option(device.label || t("设备 {n}", { n: place + 1 }), device.deviceId));
  select.replaceChildren(new Option(own(), ""), ...options);
  select.value = found.some(({ deviceId }) => deviceId === chosenDevice(use)) ? chosenDevice(use) : "";
  select.disabled = use !== "ring" && document.body.dataset.audio !== "chosen";
}

/** @param {HTMLElement} box */
async function look(box) {
  const present = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  for (const select of findAll("select", HTMLSelectElement, box)) fill(select, present);
  find("[data-default-only]", HTMLElement, box).hidden = document.body.dataset.audio === "chosen";
}

/**
 * Shows the level until it is told to stop.
 * @param {HTMLElement} meter
 * @returns {Promise<() => void>}
 */
async function showLevel(meter) {
  const level = await openLevel();
  const timer = setInterval(() => {
    const now = level.read();
    meter.dataset.level = now.toFixed(3);
    find("i", HTMLElement, meter).style.setProperty("--level", String(Math.min(1, now * 4)));
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    level.close();
  };
}

/**
 * Called by the device check; returns how to let go of it.
 * @param {HTMLDetailsElement} box
 */
export function mountDevices(box) {
  const meter = find("[data-own-level]", HTMLElement, box);
  let stop = () => {};
  const restart = async () => {
    stop();
    stop = () => {};
    if (!box.open) return;
    try {
      stop = await showLevel(meter);
      noteMicrophone("granted");
    } catch {
      noteMicrophone("missing");
    }
    await look(box); // browsers name devices only to whom they gave the microphone
  };
  const changed = (/** @type {Event} */ { target }) => {
    if (!(target instanceof HTMLSelectElement)) return;
    chooseDevice(/** @type {AudioUse} */ (target.name), target.value);
    void useDevices();
    void restart();
  };
  box.addEventListener("toggle", () => void restart());
  box.addEventListener("change", changed);
  return () => stop();
}
