// One call of a handset, with the interface of `Call` in Twilio's Voice SDK.
// Leaves the wire to voice.js and the sound to sound.js; knows only its own state.

import { Emitter } from "./emitter.js";

/** @typedef {import("./line.js").GoingState} GoingState */
/** @typedef {import("./line.js").PeersMessage} PeersMessage */
/** @typedef {import("./line.js").ToldCall} ToldCall */
/** @typedef {import("./sound.js").Sound} Sound */

/** @typedef {"INCOMING" | "OUTGOING"} Direction as in the SDK */
/** @typedef {"connecting" | "pending" | "ringing" | "open" | "reconnecting" | "closed"} Status */
/** @typedef {{ From: string, To: string, CallSid: string, [name: string]: string }} Parameters */

/**
 * As the SDK's, and two of our own: `message` and `peers`.
 * @typedef {object} CallEvents
 * @property {[hasEarlyMedia: boolean]} ringing
 * @property {[call: Call]} accept
 * @property {[]} cancel
 * @property {[]} reject
 * @property {[call: Call]} disconnect
 * @property {[muted: boolean, call: Call]} mute
 * @property {[input: number, output: number]} volume
 * @property {[error: Error]} reconnecting
 * @property {[]} reconnected
 * @property {[message: import("./line.js").HappenedMessage]} message
 * @property {[message: PeersMessage]} peers
 */

/** @type {Record<GoingState, Status>} */
const TWILIO_STATUS = { dialing: "ringing", ringing: "pending", talking: "open" };

/**
 * @param {ToldCall} call
 * @returns {Parameters}
 */
function parametersOf(call) {
  return { ...call.parameters, From: call.from, To: call.to, CallSid: call.sid };
}

/**
 * One conversation.
 * @extends {Emitter<CallEvents>}
 */
export class Call extends Emitter {
  /** @type {Parameters} */
  parameters;
  /** @type {Map<string, string>} */
  customParameters;
  direction;
  #send;
  #sound;
  /** @type {Status} */
  #status = "connecting";
  /** @type {Status | null} */
  #statusBeforeLoss = null;
  #mutedHere = false;
  #mutedByCarrier = false;
  #held = false;

  /**
   * Made by Device only.
   * @param {object} made
   * @param {Direction} made.direction
   * @param {Partial<Parameters>} made.parameters
   * @param {(message: import("./line.js").Wish) => void} made.send
   * @param {Sound} made.sound
   */
  constructor({ direction, parameters, send, sound }) {
    super();
    this.direction = direction;
    this.parameters = { From: "", To: "", CallSid: "", ...parameters };
    this.customParameters = new Map();
    this.#send = send;
    this.#sound = sound;
    if (direction === "INCOMING") this.#status = "pending";
    else this.#sound.start();
  }

  status() {
    return this.#status;
  }

  isMuted() {
    return this.#mutedHere || this.#mutedByCarrier;
  }

  /** Takes an incoming call; `accept` is emitted once the simulator has connected it. */
  accept() {
    if (this.#status !== "pending") return;
    this.#status = "connecting";
    this.#sound.start();
    this.#send({ type: "answer" });
  }

  reject() {
    if (this.#status !== "pending") return;
    this.#send({ type: "reject" });
    this.#close("reject");
  }

  disconnect() {
    if (this.#status === "closed") return;
    this.#send({ type: "hangup" });
    this.#close("disconnect", this);
  }

  mute(muted = true) {
    const before = this.isMuted();
    this.#mutedHere = muted;
    this.#send({ type: "mute", muted });
    this.#muteChanged(before);
  }

  /** @param {string} digits */
  sendDigits(digits) {
    this.#send({ type: "digits", digits });
  }

  /**
   * Not in the SDK: words typed instead of spoken, for a prompt that gathers speech.
   * @param {string} text
   */
  say(text) {
    this.#send({ type: "speech", text });
  }

  /**
   * Whether the simulator speaks of this call; ours has no sid before it was dialled.
   * @param {GoingState} state
   * @param {ToldCall} call
   */
  is(state, call) {
    const sid = this.parameters.CallSid;
    return sid === "" ? state !== "ringing" : sid === call.sid;
  }

  /**
   * What the simulator says about this call. For Device only.
   * @param {GoingState} state
   * @param {ToldCall} call
   */
  follow(state, call) {
    this.#learn(call);
    const before = this.#statusBeforeLoss ?? this.#status;
    if (before === "closed" || (before === "connecting" && state === "ringing")) return;
    this.#status = TWILIO_STATUS[state];
    if (this.#status === before) return;
    if (this.#status === "ringing") this.emit("ringing", false);
    if (this.#status === "open") this.#opened();
  }

  /** The simulator says it is over. For Device only. */
  end() {
    if (this.#status === "pending") this.#close("cancel");
    else if (this.#status !== "closed") this.#close("disconnect", this);
  }

  /**
   * Everything but the state: what is played, who is there, WebRTC signals. For Device only.
   * @param {import("./line.js").HappenedMessage | import("./line.js").SignalMessage | PeersMessage} event
   */
  hear(event) {
    if (event.type === "signal") this.#sound.signal(event.from, event.data);
    else if (event.type === "peers") this.#meet(event);
    else this.emit("message", event);
  }

  /**
   * The wire is gone, the call perhaps not. For Device only.
   * @param {Error} error
   */
  lost(error) {
    if (this.#statusBeforeLoss || this.#status === "closed") return;
    this.#statusBeforeLoss = this.#status;
    this.#status = "reconnecting";
    this.emit("reconnecting", error);
  }

  /** For Device only. */
  found() {
    if (!this.#statusBeforeLoss) return;
    this.#statusBeforeLoss = null;
    if (this.#mutedHere) this.#send({ type: "mute", muted: true });
    this.#sound.refresh();
    this.emit("reconnected");
  }

  /** @param {ToldCall} call */
  #learn(call) {
    this.parameters = { ...this.parameters, ...parametersOf(call) };
    this.customParameters = new Map(Object.entries(call.parameters ?? {}));
  }

  #opened() {
    this.#sound.start();
    this.#sound.onLevels = (input, output) => this.emit("volume", input, output);
    this.emit("accept", this);
  }

  /** @param {PeersMessage} event */
  #meet(event) {
    const before = this.isMuted();
    this.#mutedByCarrier = event.me.muted;
    this.#held = event.me.hold;
    this.#sound.peers(event);
    this.#muteChanged(before);
    this.emit("peers", event);
  }

  /** @param {boolean} before */
  #muteChanged(before) {
    this.#sound.silence(this.isMuted() || this.#held);
    if (this.isMuted() !== before) this.emit("mute", this.isMuted(), this);
  }

  /**
   * @template {"cancel" | "reject" | "disconnect"} E
   * @param {E} event
   * @param {CallEvents[E]} values
   */
  #close(event, ...values) {
    this.#status = "closed";
    this.#sound.stop();
    this.emit(event, ...values);
  }
}
