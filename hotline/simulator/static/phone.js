// The phone page: joins the softphone (voice.js) with what is shown, said aloud and pressed.

import * as display from "./display.js";
import { place, speak, switchLanguage } from "./i18n.js";
import { dialled, setDialled, setUpKeypad } from "./keypad.js";
import { Speaker } from "./speaker.js";
import { keyTone, muteTones, ringing } from "./tones.js";
import { Device } from "./voice.js";
import { chosenNumber, lockNumber, setUpWho, showOwnNumber } from "./who.js";

const HOTLINE = "12355";
const { byId } = display;

const speaker = new Speaker();
let device = null;
let call = null;
let lastDialled = HOTLINE;
let pressedLine = null;
let company = new Map();
let gathering = null;

function enter(state) {
  display.showState(state);
  lockNumber(["dialing", "ringing", "talking", "reconnecting"].includes(state));
  ringing({ dialing: "ringback", ringing: "ring" }[state] ?? null);
}

function atRest() {
  enter(byId("transcript").hidden ? "idle" : "ended");
}

function otherSide() {
  return call.direction === "INCOMING" ? call.parameters.From : call.parameters.To;
}

function begin(newCall, note) {
  call = newCall;
  company = new Map();
  pressedLine = null;
  gather(null);
  speaker.stop();
  display.clearTranscript();
  display.showMuted(false);
  display.showNumber(otherSide());
  display.addNote(note, { number: display.spaced(otherSide()) });
  const endings = ["cancel", "reject", "disconnect"];
  for (const ending of endings) call.on(ending, () => finish(newCall));
  call.on("accept", answered);
  call.on("mute", display.showMuted);
  call.on("volume", display.showLevels);
  call.on("message", heard);
  call.on("peers", met);
  call.on("reconnecting", () => enter("reconnecting"));
  call.on("reconnected", resume);
}

function answered() {
  enter("talking");
}

function resume() {
  const status = call.status();
  enter({ open: "talking", pending: "ringing" }[status] ?? "dialing");
}

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

function heard(event) {
  if (event.type !== "gathering" && gathering?.pressed > 0) gather(null);
  if (event.type === "said") {
    pressedLine = null;
    display.addLine("voice", event.text, event.language);
    speaker.say(event.text, event.language);
  } else if (event.type === "played") {
    pressedLine = null;
    display.addMusic();
    speaker.play(event.url);
  } else if (event.type === "gathering") {
    gather(event);
  }
}

/** `event` says what is waited for: keys, words or both, and perhaps how many keys. */
function gather(event) {
  gathering = event && { wanted: event.num_digits || Infinity, pressed: 0 };
  display.showGathering(event?.input ?? null);
}

function countKey(key) {
  if (gathering === null) return;
  speaker.stop();
  gathering.pressed += 1;
  if (key === "#" || gathering.pressed >= gathering.wanted) gather(null);
}

/** When people come in, prompts and music are over: nothing talks over a person. */
function met(event) {
  const now = new Map(event.peers.map((peer) => [peer.leg, peer.address]));
  for (const [leg, address] of now) {
    if (!company.has(leg)) display.addNote("joined", { address: display.spaced(address) });
  }
  for (const [leg, address] of company) {
    if (!now.has(leg)) display.addNote("left", { address: display.spaced(address) });
  }
  if (event.conference) gather(null);
  if (now.size > 0 && company.size === 0) speaker.stop();
  company = now;
  place(byId("state"), event.me.hold ? "held" : "stateTalking");
}

async function dial(number) {
  if (call || device.isBusy) return;
  lastDialled = number;
  setDialled(number);
  display.showBand(null);
  enter("dialing");
  display.showNumber(number);
  try {
    begin(await device.connect({ params: { To: number } }), "noteDialed");
  } catch {
    display.showBand("dialFailed");
    atRest();
  }
}

function press(key) {
  keyTone(key);
  if (call?.status() === "pending") return;
  if (call) sendKey(key);
  else setDialled(dialled() + key);
}

/** Keys pressed one after the other stand in one line; a prompt that waits for keys falls silent. */
function sendKey(key) {
  call.sendDigits(key);
  countKey(key);
  const digits = (pressedLine?.dataset.digits ?? "") + key;
  pressedLine ??= display.addLine("me", { key: "pressed", values: { digits } });
  pressedLine.dataset.digits = digits;
  place(pressedLine.querySelector(".words"), "pressed", { digits: digits.split("").join(" ") });
}

function sayTyped(event) {
  event.preventDefault();
  const words = byId("say-text").value.trim();
  if (!words || !call) return;
  call.say(words);
  speaker.stop();
  display.addLine("me", words);
  gather(null);
  byId("say-text").value = "";
}

function confirm() {
  if (!call) return dial(dialled() || lastDialled);
  if (call.status() !== "pending") return undefined;
  ringing(null);
  return call.accept();
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

function lostWire({ attempt }) {
  display.showBand(call ? "lostInCall" : "lost", { values: { attempt }, kind: "stale" });
  if (!call) enter("loading");
}

function connected() {
  display.showBand(null);
  if (!device.isBusy) atRest();
}

/** Only what was dialled and never began needs words; the state shows everything else. */
function refused(error, about) {
  if (error.code === 31404 && about?.parameters.CallSid === "") {
    display.showBand("noSuchNumber", { values: { number: display.spaced(about.parameters.To) } });
  }
}

function taken() {
  enter("away");
  const action = { key: "replacedUse", run: () => device.register() };
  display.showBand("replaced", { kind: "stale", action });
}

function microphoneChanged(state) {
  if (state === "refused") display.showBand("microphoneRefused");
  if (state === "missing") display.showBand("microphoneMissing");
}

function restored(found) {
  begin(found, found.direction === "INCOMING" ? "noteIncoming" : "noteDialed");
  resume();
}

function incoming(ringingCall) {
  begin(ringingCall, "noteIncoming");
  enter("ringing");
}

function useNumber(number) {
  device?.destroy();
  device?.removeAllListeners();
  display.clearTranscript();
  display.showNumber("");
  enter("loading");
  display.showLoadingSoon();
  device = new Device(number);
  device.on("registered", connected);
  device.on("incoming", incoming);
  device.on("restored", restored);
  device.on("lost", lostWire);
  device.on("replaced", taken);
  device.on("error", refused);
  device.on("microphone", microphoneChanged);
  device.register().catch(() => {}); // the band says so, and the line keeps trying
}

function setUp() {
  setUpWho(useNumber);
  setUpKeypad({ onKey: press, onEnter: confirm, onEscape: refuse, onQuick: dial });
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
  showOwnNumber(chosenNumber());
  useNumber(chosenNumber());
}

setUp();
