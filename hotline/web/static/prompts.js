// Prompts: recorded in the browser or taken from a file, listened to, kept. What callers hear is played as it is.

import { send, sentenceOf } from "./api.js";
import { find, findAll, nearest } from "./find.js";
import { telephoneSound } from "./telephone_sound.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const ABOUT = "prompt";
const LONGEST_S = 60; // more is refused
const SECOND = 1000;
const PATIENCE = 30000; // a minute of sound over a slow line

/** @typedef {"record" | "stop" | "listen" | "keep"} Act */
/** @type {readonly Act[]} */
const ACTS = ["record", "stop", "listen", "keep"];

/** @type {WeakMap<HTMLElement, Blob>} what was recorded and not kept yet */
const takes = new WeakMap();
const player = new Audio();
/** @type {{ recorder: MediaRecorder, script: HTMLElement, timer: number } | null} one microphone, one recording */
let running = null;

/**
 * @param {HTMLElement} script
 * @param {readonly Act[]} acts those that can be done now
 */
function offer(script, acts) {
  for (const act of ACTS) find(`[data-act="${act}"]`, HTMLButtonElement, script).hidden = !acts.includes(act);
}

/** @param {HTMLElement} script */
function atRest(script) {
  offer(script, takes.has(script) ? ["record", "listen", "keep"] : ["record"]);
}

/**
 * One after another, from the beginning.
 * @param {string[]} addresses
 */
async function play(addresses) {
  for (const address of addresses) {
    player.src = address;
    await player.play();
    await new Promise((resolve) => player.addEventListener("ended", resolve, { once: true }));
  }
}

/**
 * @param {HTMLElement} script
 * @param {Blob} file
 */
async function take(script, file) {
  try {
    takes.set(script, await telephoneSound(file));
    toast(t("已录好：先听一遍，满意再保留。"), "done", ABOUT);
  } catch {
    toast(t("浏览器读不出这个文件，请换一个声音文件。"), "problem", ABOUT);
  }
  atRest(script);
}

/**
 * Shows how long one has been speaking, and ends it where callers would not be played more.
 * @param {HTMLElement} script
 */
function counts(script) {
  const elapsed = find("[data-elapsed]", HTMLElement, script);
  let seconds = 0;
  elapsed.textContent = "0:00";
  return setInterval(() => {
    seconds += 1;
    elapsed.textContent = `0:${String(seconds).padStart(2, "0")}`;
    if (seconds === LONGEST_S - 1) stop();
  }, SECOND);
}

/** @param {HTMLElement} script */
async function record(script) {
  stop();
  /** @type {MediaStream} */
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    toast(t("用不了麦克风：请在浏览器里允许，或上传文件。"), "problem", ABOUT);
    return;
  }
  const recorder = new MediaRecorder(stream);
  recorder.addEventListener("dataavailable", ({ data }) => void take(script, data));
  recorder.addEventListener("stop", () => stream.getTracks().forEach((track) => track.stop()));
  recorder.start();
  running = { recorder, script, timer: counts(script) };
  offer(script, ["stop"]);
}

function stop() {
  clearInterval(running?.timer);
  if (running?.recorder.state === "recording") running.recorder.stop();
  running = null;
}

/** @param {HTMLElement} script */
async function listen(script) {
  const sound = takes.get(script);
  if (!sound) return;
  const address = URL.createObjectURL(sound);
  await play([address]);
  URL.revokeObjectURL(address);
}

/** @param {unknown} answer */
function notesIn(answer) {
  const notes = /** @type {{ notes?: string[] } | null} */ (answer)?.notes ?? [];
  if (notes.includes("quiet")) return t("已保留，但声音太轻：最好靠近麦克风再录一次。");
  if (notes.includes("clipped")) return t("已保留，但声音太响、有破音：最好离远一点再录一次。");
  return t("已保留，来电者现在就听到它。");
}

/** @param {HTMLElement} script */
async function keep(script) {
  const sound = takes.get(script);
  if (!sound) return;
  const answer = await send("POST", script.dataset.address ?? "", sound, { patience: PATIENCE });
  takes.delete(script);
  atRest(script);
  toast(notesIn(answer), "done", ABOUT);
  script.dispatchEvent(new CustomEvent("prompts:changed", { bubbles: true }));
}

/** @type {Record<string, (script: HTMLElement) => void | Promise<void>>} */
const DOES = { record, stop, listen, keep };

/** @param {Event} event */
async function clicked(event) {
  const button = nearest(event, "button[data-act]", HTMLButtonElement);
  if (!button) return;
  const script = button.closest("[data-script]");
  try {
    if (button.dataset.sounds) await play(JSON.parse(button.dataset.sounds));
    else if (script instanceof HTMLElement) await DOES[button.dataset.act ?? ""]?.(script);
  } catch (fault) {
    toast(fault instanceof DOMException ? t("现在播放不了，请再试一次。") : sentenceOf(fault), "problem", ABOUT);
  }
}

/** @param {HTMLInputElement} input */
function takeFile(input) {
  const script = input.closest("[data-script]");
  const file = input.files?.[0];
  if (!file || !(script instanceof HTMLElement)) return;
  void take(script, file);
  input.value = ""; // the same file may be chosen again
}

/** @param {Event} event */
function chosen(event) {
  const input = nearest(event, "input[type=file]", HTMLInputElement);
  if (input) takeFile(input);
}

/** @param {HTMLElement} element */
export function mount(element) {
  const changed = () => element.dispatchEvent(new CustomEvent("prompts:changed"));
  const settled = () => findAll("[data-script]", HTMLElement, element).forEach((script) => script !== running?.script && atRest(script));
  element.addEventListener("click", (event) => void clicked(event));
  element.addEventListener("change", chosen);
  element.addEventListener("command:done", changed);
  element.addEventListener("htmx:afterSettle", settled);
  findAll("input[type=file]", HTMLInputElement, element).forEach(takeFile); // chosen before this came
  element.dataset.ready = "";
  return () => {
    stop();
    player.pause();
  };
}
