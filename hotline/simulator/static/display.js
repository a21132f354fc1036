// What the phone shows: who is on the line, in what state, what was said, how loud it is.
// Draws only; leaves to phone.js what happens.

import { label, place, placeLanguage } from "./i18n.js";
import { asBar } from "./levels.js";

/** @typedef {import("./i18n.js").TextKey} TextKey */
/** @typedef {import("./i18n.js").Values} Values */
/** @typedef {keyof typeof STATES} PhoneState away: another page has it */
/** @typedef {keyof typeof SPEAKERS} Who who says a line */

const SKELETON_DELAY = 300;

/** @satisfies {Record<string, TextKey>} */
const STATES = {
  loading: "connecting",
  idle: "stateIdle",
  dialing: "stateDialing",
  ringing: "stateRinging",
  talking: "stateTalking",
  reconnecting: "stateReconnecting",
  ended: "stateEnded",
  away: "stateAway",
};
/** @type {Record<string, TextKey>} */
const GATHER = { dtmf: "gatherKeys", speech: "gatherSpeech", "dtmf speech": "gatherBoth" };
/** @satisfies {Record<string, { words: TextKey, icon: string }>} */
const SPEAKERS = {
  voice: { words: "speakerVoice", icon: "voice" },
  music: { words: "speakerMusic", icon: "music" },
  me: { words: "speakerMe", icon: "person" },
};

/**
 * The element of an id with the type that is expected of it; a page without it is at fault.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 */
export function typed(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the phone has no ${type.name} "${id}"`);
}

/** @param {string} id */
export const byId = (id) => typed(id, HTMLElement);

/**
 * @param {string} id
 * @param {boolean} visible
 */
function show(id, visible) {
  byId(id).hidden = !visible;
}

/**
 * @param {string} tag
 * @param {string} className
 */
function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

/** @param {string} name */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * 15400000001 → 154 0000 0001, 02000000202 → 020 0000 0202, client:lin → lin; else unchanged.
 * @param {string} address
 */
export function spaced(address) {
  const bare = address.replace(/^client:/, "").replace(/^\+86(?=1\d{10}$)/, "");
  return bare.replace(/^(1\d{2}|010|02\d)(\d{4})(\d{4})$/, "$1 $2 $3");
}

/** @param {number} seconds */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

/** @type {number | undefined} */
let timer;
/** @type {number | null} */
let answeredAt = null;

/** @param {boolean} running */
function runTimer(running) {
  clearInterval(timer);
  if (!running) return;
  answeredAt = performance.now();
  byId("timer").textContent = "0:00";
  timer = setInterval(() => (byId("timer").textContent = clock(talkedFor() ?? 0)), 1000);
}

/** Seconds since the call was answered, or null when it was not. */
export function talkedFor() {
  return answeredAt === null ? null : (performance.now() - answeredAt) / 1000;
}

/** @param {PhoneState} state */
export function showState(state) {
  const before = byId("state").dataset.state;
  byId("phone").dataset.state = byId("state").dataset.state = state;
  place(byId("state"), STATES[state]);
  const inCall = state === "talking" || state === "reconnecting";
  if (state === "dialing" || state === "ringing") answeredAt = null;
  if (state === "talking" && before !== "reconnecting") runTimer(true);
  if (!inCall) runTimer(false);
  show("timer", answeredAt !== null && ["talking", "reconnecting", "ended"].includes(state));
  show("levels", inCall);
  showControls(state);
}

/** @param {PhoneState} state */
function showControls(state) {
  const ringing = state === "ringing";
  const calling = ["dialing", "talking", "reconnecting"].includes(state);
  show("answer", ringing);
  show("decline", ringing);
  show("hangup", calling);
  show("mute", calling);
  show("call", !calling && !ringing);
  show("entry", !calling && !ringing);
  show("keypad", !ringing);
  typed("call", HTMLButtonElement).disabled = state === "loading" || state === "away";
  if (!calling) showGathering(null);
}

/** Loading is shown only when it lasts, so that a quick start does not flicker. */
export function showLoadingSoon() {
  setTimeout(() => show("skeleton", byId("state").dataset.state === "loading"), SKELETON_DELAY);
}

/** @param {string} number "" for none */
export function showNumber(number) {
  byId("number").textContent = number ? spaced(number) : "";
}

/** @param {string | null} input what is waited for: dtmf, speech or both; null for nothing */
export function showGathering(input) {
  const kinds = (input ?? "").split(/\s+/).filter(Boolean).sort().join(" ");
  const speech = kinds.includes("speech");
  show("gather", Boolean(kinds));
  show("say", speech);
  byId("phone").dataset.gathering = kinds;
  if (kinds) place(byId("gather-text"), GATHER[kinds] ?? "gatherKeys");
}

/**
 * @param {number} input 0 to 1
 * @param {number} output 0 to 1
 */
export function showLevels(input, output) {
  const levels = byId("levels");
  levels.dataset.levelIn = input.toFixed(4);
  levels.dataset.levelOut = output.toFixed(4);
  byId("level-in").style.setProperty("--level", asBar(input).toFixed(2));
  byId("level-out").style.setProperty("--level", asBar(output).toFixed(2));
}

/** @param {boolean} muted */
export function showMuted(muted) {
  byId("mute").setAttribute("aria-pressed", String(muted));
  typed("mute-icon", SVGUseElement).setAttribute("href", muted ? "#icon-microphone-off" : "#icon-microphone");
  place(byId("mute-text"), muted ? "unmute" : "mute");
}

/** @param {boolean} on */
export function showSound(on) {
  byId("sound").setAttribute("aria-pressed", String(on));
  typed("sound-icon", SVGUseElement).setAttribute("href", on ? "#icon-voice" : "#icon-quiet");
  label(byId("sound"), on ? "soundOn" : "soundOff");
}

export function clearTranscript() {
  byId("transcript").replaceChildren();
  readingBack = false;
  show("transcript", false);
  show("empty", true);
}

/** @param {HTMLElement} line */
function append(line) {
  show("transcript", true);
  show("empty", false);
  byId("transcript").append(line);
  showNewest();
}

let readingBack = false;

function showNewest() {
  const transcript = byId("transcript");
  if (!readingBack) transcript.scrollTop = transcript.scrollHeight;
}

/** Whoever scrolls up to read again is left there until they come back down. */
function noticeReading() {
  const { scrollHeight, scrollTop, clientHeight } = byId("transcript");
  readingBack = scrollHeight - scrollTop - clientHeight > 48;
}

byId("transcript").addEventListener("wheel", noticeReading, { passive: true });
byId("transcript").addEventListener("touchmove", noticeReading, { passive: true });
byId("transcript").addEventListener("keyup", noticeReading);
new ResizeObserver(showNewest).observe(byId("transcript"));

/**
 * One thing said on the line, with no words yet.
 * @param {Who} speaker
 * @param {string} language
 */
function startLine(speaker, language) {
  const line = make("li", `line line-${speaker}`);
  line.dataset.testid = "line";
  line.dataset.speaker = speaker;
  line.dataset.language = language;
  const words = make("p", "words");
  if (language) words.lang = language;
  line.append(speakerTag(speaker, language), words);
  return { line, words };
}

/**
 * Words that somebody said.
 * @param {Who} speaker
 * @param {string} text
 * @param {string} [language]
 */
export function addSpoken(speaker, text, language = "") {
  const { line, words } = startLine(speaker, language);
  words.textContent = text;
  append(line);
}

/**
 * A line for keys that are pressed one after the other. Returns how to add the next.
 * @param {string} first
 */
export function addPressed(first) {
  const { line, words } = startLine("me", "");
  const add = (/** @type {string} */ key) => {
    line.dataset.digits = (line.dataset.digits ?? "") + key;
    place(words, "pressed", { digits: line.dataset.digits.split("").join(" ") });
  };
  add(first);
  append(line);
  return add;
}

/** Music while waiting comes again and again; one line says it. */
export function addMusic() {
  const last = byId("transcript").lastElementChild;
  if (last?.getAttribute("data-speaker") === "music") return;
  const { line, words } = startLine("music", "");
  place(words, "music");
  append(line);
}

/**
 * @param {Who} speaker
 * @param {string} language
 */
function speakerTag(speaker, language) {
  const tag = make("p", "tag");
  const name = document.createElement("span");
  place(name, SPEAKERS[speaker].words);
  tag.append(icon(SPEAKERS[speaker].icon), name);
  if (language) {
    const spoken = make("span", "spoken");
    placeLanguage(spoken, language);
    tag.append(spoken);
  }
  return tag;
}

/**
 * Something that happened, said by nobody.
 * @param {TextKey} key
 * @param {Values} [values]
 */
export function addNote(key, values = {}) {
  const line = make("li", "line line-note");
  line.dataset.testid = "note";
  line.dataset.note = key;
  place(line, key, values);
  append(line);
}

/** @typedef {{ key: TextKey, run: () => void }} Action a button and what it does */

/** @type {Action | null} */
let bandAction = null;

/**
 * One sentence across the phone.
 * @param {TextKey} key
 * @param {{ values?: Values, kind?: "info" | "stale", action?: Action | null }} [more]
 */
export function showBand(key, { values = {}, kind = "info", action = null } = {}) {
  show("band", true);
  byId("band").dataset.kind = kind;
  byId("band").dataset.band = key;
  bandAction = action;
  show("band-action", action !== null);
  if (action) place(byId("band-action"), action.key);
  place(byId("band-text"), key, values);
}

export function hideBand() {
  show("band", false);
  byId("band").dataset.kind = "";
  byId("band").dataset.band = "";
}

byId("band-action").addEventListener("click", () => bandAction?.run());
