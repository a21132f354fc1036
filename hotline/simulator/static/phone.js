// The phone page: joins the softphone (voice.js) with what is shown, said aloud and pressed.

import * as display from "./display.js";
import { place, speak, switchLanguage } from "./i18n.js";
import { dialled, setDialled, setUpKeypad } from "./keypad.js";
import { Speaker } from "./speaker.js";
import { keyTone, muteTones, ringing } from "./tones.js";
import { Device } from "./voice.js";
import { chosenNumber, lockNumber, setUpWho, showOwnNumber } from "./who.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./line.js").Gathering} Gathering */
/** @typedef {import("./microphone.js").MicrophoneState} MicrophoneState */

const HOTLINE = "12355";
const { byId } = display;

/** @type {Record<string, import("./tones.js").Cadence>} */
const CADENCES = { dialing: "ringback", ringing: "ring" };
/** @type {Record<string, display.PhoneState>} */
const STATES = { open: "talking", pending: "ringing" };

const speaker = new Speaker();
const ownNumber = chosenNumber();
let device = new Device(ownNumber);
/** @type {Call | null} */
let call = null;
let lastDialled = HOTLINE;
/** @type {((key: string) => void) | null} adds a key to the line of those pressed before it */
let addKey = null;
/** @type {Map<string, string>} address of each leg that is on the line with us */
let company = new Map();
let held = false;
/** @type {{ wanted: number, pressed: number } | null} keys that a prompt waits for */
let gathering = null;

/** @param {display.PhoneState} state */
function enter(state) {
  display.showState(state);
  lockNumber(["dialing", "ringing", "talking", "reconnecting"].includes(state));
  ringing(CADENCES[state] ?? null);
}

function atRest() {
  enter(byId("transcript").hidden ? "idle" : "ended");
}

/** @param {Call} about */
function otherSide({ direction, parameters }) {
  return direction === "INCOMING" ? parameters.From : parameters.To;
}

/**
 * @param {Call} newCall
 * @param {"noteDialed" | "noteIncoming"} note
 */
function begin(newCall, note) {
  call = newCall;
  company = new Map();
  held = false;
  addKey = null;
  gather(null);
  speaker.stop();
  display.clearTranscript();
  display.showMuted(false);
  display.showNumber(otherSide(newCall));
  display.addNote(note, { number: display.spaced(otherSide(newCall)) });
  follow(newCall);
}

/** @param {Call} newCall */
function follow(newCall) {
  const over = () => finish(newCall);
  newCall.on("cancel", over).on("reject", over).on("disconnect", over);
  newCall.on("accept", () => enter("talking"));
  newCall.on("mute", display.showMuted);
  newCall.on("volume", display.showLevels);
  newCall.on("message", heard);
  newCall.on("peers", met);
  newCall.on("reconnecting", () => enter("reconnecting"));
  newCall.on("reconnected", () => resume(newCall));
}

/** @param {Call} found */
function resume(found) {
  enter(STATES[found.status()] ?? "dialing");
}

/** @param {Call} ended */
function finish(ended) {
  if (ended !== call) return;
  call = null;
  speaker.stop();
  const seconds = display.talkedFor();
  enter("ended");
  if (seconds === null) display.addNote("noteMissed");
  else display.addNote("noteEnded", { duration: display.clock(seconds) });
  setDialled("");
}

/** @param {import("./line.js").HappenedMessage} event */
function heard(event) {
  if (event.type !== "gathering" && gathering && gathering.pressed > 0) gather(null);
  if (event.type === "said") {
    addKey = null;
    display.addSpoken("voice", event.text, event.language);
    speaker.say(event.text, event.language);
  } else if (event.type === "played") {
    addKey = null;
    display.addMusic();
    speaker.play(event.url);
  } else if (event.type === "gathering") {
    gather(event);
  }
}

/** @param {Gathering | null} event what is waited for: keys, words or both, and perhaps how many keys */
function gather(event) {
  gathering = event && { wanted: event.num_digits || Infinity, pressed: 0 };
  display.showGathering(event?.input ?? null);
}

/** @param {string} key */
function countKey(key) {
  if (gathering === null) return;
  speaker.stop();
  gathering.pressed += 1;
  if (key === "#" || gathering.pressed >= gathering.wanted) gather(null);
}

/**
 * Notes who has come and who has gone.
 * @param {Map<string, string>} now address of each leg
 */
function noteCompany(now) {
  for (const [leg, address] of now) {
    if (!company.has(leg)) display.addNote("joined", { address: display.spaced(address) });
  }
  for (const [leg, address] of company) {
    if (!now.has(leg)) display.addNote("left", { address: display.spaced(address) });
  }
}

/**
 * When people come in, prompts and music are over: nothing talks over a person.
 * @param {import("./line.js").PeersMessage} event
 */
function met(event) {
  const now = new Map(event.peers.map((peer) => [peer.leg, peer.address]));
  noteCompany(now);
  if (event.conference) gather(null);
  if (now.size > 0 && company.size === 0) speaker.stop();
  if (held && !event.me.hold) speaker.stop();
  if (event.me.music) display.addMusic();
  company = now;
  held = event.me.hold;
  place(byId("state"), event.me.hold ? "held" : "stateTalking");
}

/** @param {string} number */
async function dial(number) {
  if (call || device.isBusy) return;
  lastDialled = number;
  setDialled(number);
  display.hideBand();
  enter("dialing");
  display.showNumber(number);
  try {
    begin(await device.connect({ params: { To: number } }), "noteDialed");
  } catch {
    display.showBand("dialFailed");
    atRest();
  }
}

/** @param {string} key */
function press(key) {
  keyTone(key);
  if (call?.status() === "pending") return;
  if (call) sendKey(call, key);
  else setDialled(dialled() + key);
}

/**
 * Keys pressed one after the other stand in one line; a prompt that waits for keys falls silent.
 * @param {Call} to
 * @param {string} key
 */
function sendKey(to, key) {
  to.sendDigits(key);
  countKey(key);
  if (addKey) addKey(key);
  else addKey = display.addPressed(key);
}

/** @param {Event} event */
function sayTyped(event) {
  event.preventDefault();
  const field = display.typed("say-text", HTMLInputElement);
  const words = field.value.trim();
  if (!words || !call) return;
  call.say(words);
  speaker.stop();
  display.addSpoken("me", words);
  gather(null);
  field.value = "";
}

function confirm() {
  if (!call) {
    void dial(dialled() || lastDialled);
  } else if (call.status() === "pending") {
    ringing(null);
    call.accept();
  }
}

function refuse() {
  if (call?.status() === "pending") call.reject();
  else call?.disconnect();
}

function toggleSound() {
  speaker.muted = !speaker.muted;
  muteTones(speaker.muted);
  display.showSound(!speaker.muted);
}

/** @param {import("./line.js").Loss} loss */
function lostWire({ attempt }) {
  display.showBand(call ? "lostInCall" : "lost", { values: { attempt }, kind: "stale" });
  if (!call) enter("loading");
}

function connected() {
  display.hideBand();
  if (!device.isBusy) atRest();
}

/**
 * Only what was dialled and never began needs words; the state shows everything else.
 * @param {import("./voice.js").VoiceError} error
 * @param {Call | null} about
 */
function refused(error, about) {
  if (error.code === 31404 && about?.parameters.CallSid === "") {
    display.showBand("noSuchNumber", { values: { number: display.spaced(about.parameters.To) } });
  }
}

function taken() {
  enter("away");
  display.showBand("replaced", { kind: "stale", action: { key: "replacedUse", run: register } });
}

/** @param {MicrophoneState} state */
function microphoneChanged(state) {
  if (state === "refused") display.showBand("microphoneRefused");
  if (state === "missing") display.showBand("microphoneMissing");
}

/** @param {Call} found */
function restored(found) {
  begin(found, found.direction === "INCOMING" ? "noteIncoming" : "noteDialed");
  resume(found);
}

/** @param {Call} ringingCall */
function incoming(ringingCall) {
  begin(ringingCall, "noteIncoming");
  enter("ringing");
}

function register() {
  device.register().catch(() => {}); // the band says so, and the line keeps trying
}

/** @param {string} number */
function useNumber(number) {
  device.destroy();
  device.removeAllListeners();
  device = new Device(number);
  startDevice();
}

function startDevice() {
  display.clearTranscript();
  display.showNumber("");
  enter("loading");
  display.showLoadingSoon();
  device.on("registered", connected);
  device.on("incoming", incoming);
  device.on("restored", restored);
  device.on("lost", lostWire);
  device.on("replaced", taken);
  device.on("error", refused);
  device.on("microphone", microphoneChanged);
  register();
}

function setUp() {
  setUpWho(useNumber);
  setUpKeypad({ onKey: press, onEnter: confirm, onEscape: refuse, onQuick: (number) => void dial(number) });
  byId("call").addEventListener("click", confirm);
  byId("answer").addEventListener("click", confirm);
  byId("decline").addEventListener("click", refuse);
  byId("hangup").addEventListener("click", refuse);
  byId("mute").addEventListener("click", () => call?.mute(!call.isMuted()));
  byId("say").addEventListener("submit", sayTyped);
  byId("sound").addEventListener("click", toggleSound);
  byId("language").addEventListener("click", switchLanguage);
  display.showSound(true);
  speak();
  showOwnNumber(ownNumber);
  startDevice();
}

setUp();
