// What the phone shows: who is on the line, in what state, what was said, how loud it is.
// Draws only; leaves to phone.js what happens.

import { label, place, placeLanguage } from "./i18n.js";
import { asBar } from "./levels.js";

const SKELETON_DELAY = 300;
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
const GATHER = { dtmf: "gatherKeys", speech: "gatherSpeech", "dtmf speech": "gatherBoth" };
const SPEAKERS = {
  voice: { words: "speakerVoice", icon: "voice" },
  music: { words: "speakerMusic", icon: "music" },
  me: { words: "speakerMe", icon: "person" },
};

export const byId = (id) => document.getElementById(id);

function show(id, visible) {
  byId(id).hidden = !visible;
}

function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** 15400000001 → 154 0000 0001, 02000000202 → 020 0000 0202, client:lin → lin; else unchanged. */
export function spaced(address) {
  const bare = address.replace(/^client:/, "").replace(/^\+86(?=1\d{10}$)/, "");
  return bare.replace(/^(1\d{2}|010|02\d)(\d{4})(\d{4})$/, "$1 $2 $3");
}

export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

let timer = null;
let answeredAt = null;

function runTimer(running) {
  clearInterval(timer);
  if (!running) return;
  answeredAt = performance.now();
  byId("timer").textContent = "0:00";
  timer = setInterval(() => (byId("timer").textContent = clock(talkedFor())), 1000);
}

/** Seconds since the call was answered, or null when it was not. */
export function talkedFor() {
  return answeredAt === null ? null : (performance.now() - answeredAt) / 1000;
}

/** `state`: loading, idle, dialing, ringing, talking, reconnecting, ended, or away (another page has it). */
export function showState(state) {
  const before = byId("state").dataset.state;
  byId("phone").dataset.state = byId("state").dataset.state = state;
  place(byId("state"), STATES[state]);
  const inCall = state === "talking" || state === "reconnecting";
  if (state === "dialing" || state === "ringing") answeredAt = null;
  if (state === "talking" && before !== "reconnecting") runTimer(true);
  if (!inCall) runTimer(false);
  show("timer", answeredAt !== null && (inCall || state === "ended"));
  show("levels", inCall);
  showControls(state);
}

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
  byId("call").disabled = state === "loading" || state === "away";
  if (!calling) showGathering(null);
}

/** Loading is shown only when it lasts, so that a quick start does not flicker. */
export function showLoadingSoon() {
  setTimeout(() => show("skeleton", byId("state").dataset.state === "loading"), SKELETON_DELAY);
}

export function showNumber(number) {
  byId("number").textContent = number ? spaced(number) : "";
}

export function showGathering(input) {
  const kinds = (input ?? "").split(/\s+/).filter(Boolean).sort().join(" ");
  const speech = kinds.includes("speech");
  show("gather", Boolean(kinds));
  show("say", speech);
  byId("phone").dataset.gathering = kinds;
  if (kinds) place(byId("gather-text"), GATHER[kinds] ?? "gatherKeys");
}

export function showLevels(input, output) {
  const levels = byId("levels");
  levels.dataset.levelIn = input.toFixed(4);
  levels.dataset.levelOut = output.toFixed(4);
  byId("level-in").style.setProperty("--level", asBar(input).toFixed(2));
  byId("level-out").style.setProperty("--level", asBar(output).toFixed(2));
}

export function showMuted(muted) {
  byId("mute").setAttribute("aria-pressed", String(muted));
  byId("mute-icon").setAttribute("href", muted ? "#icon-microphone-off" : "#icon-microphone");
  place(byId("mute-text"), muted ? "unmute" : "mute");
}

export function showSound(on) {
  byId("sound").setAttribute("aria-pressed", String(on));
  byId("sound-icon").setAttribute("href", on ? "#icon-voice" : "#icon-quiet");
  label(byId("sound"), on ? "soundOn" : "soundOff");
}

export function clearTranscript() {
  byId("transcript").replaceChildren();
  readingBack = false;
  show("transcript", false);
  show("empty", true);
}

function append(line) {
  show("transcript", true);
  show("empty", false);
  byId("transcript").append(line);
  showNewest();
  return line;
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

/** One thing said on the line. `speaker`: voice, music or me. `words`: text, or {key, values}. */
export function addLine(speaker, words, language = "") {
  const line = make("li", `line line-${speaker}`);
  line.dataset.testid = "line";
  line.dataset.speaker = speaker;
  line.dataset.language = language;
  line.append(speakerTag(speaker, language), make("p", "words"));
  const body = line.querySelector(".words");
  if (typeof words === "string") body.textContent = words;
  else place(body, words.key, words.values);
  if (language) body.lang = language;
  return append(line);
}

/** Music while waiting comes again and again; one line says it. */
export function addMusic() {
  const last = byId("transcript").lastElementChild;
  if (last?.dataset.speaker !== "music") addLine("music", { key: "music", values: {} });
}

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

/** Something that happened, said by nobody. */
export function addNote(key, values = {}) {
  const line = make("li", "line line-note");
  line.dataset.testid = "note";
  line.dataset.note = key;
  place(line, key, values);
  return append(line);
}

let bandAction = null;

/** One sentence across the phone; `action`: {key, run} adds a button. Null takes it away. */
export function showBand(key, { values = {}, kind = "info", action = null } = {}) {
  show("band", key !== null);
  byId("band").dataset.kind = key === null ? "" : kind;
  byId("band").dataset.band = key ?? "";
  bandAction = action?.run;
  show("band-action", action !== null);
  if (action) place(byId("band-action"), action.key);
  if (key !== null) place(byId("band-text"), key, values);
}

byId("band-action").addEventListener("click", () => bandAction?.());
