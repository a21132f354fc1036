// A softphone for the simulator with the interface of Twilio's Voice SDK (the part we use), so that
// a page works with either: `Device` registers, dials and rings; `Call` is one conversation.
// May be imported from another origin: addresses are derived from this file's own.

import { Call } from "./call.js";
import { Emitter } from "./emitter.js";
import { Line } from "./line.js";
import { Sound } from "./sound.js";

export { Call };

/** @typedef {import("./call.js").Direction} Direction */
/** @typedef {import("./line.js").GoingState} GoingState */
/** @typedef {import("./line.js").Message} Message */
/** @typedef {import("./line.js").ToldCall} ToldCall */
/** @typedef {import("./line.js").Wish} Wish */
/** @typedef {import("./microphone.js").MicrophoneState} MicrophoneState */

/** @typedef {"unregistered" | "registering" | "registered" | "destroyed"} DeviceState */

/**
 * As the SDK's, and of our own: `lost` while the wire is gone, `restored` when the simulator knows
 * of a call this page did not start (after a reload), `replaced` when another page took the
 * address, and `microphone`.
 * @typedef {object} DeviceEvents
 * @property {[]} registering
 * @property {[]} registered
 * @property {[]} unregistered
 * @property {[]} destroyed
 * @property {[call: Call]} incoming
 * @property {[error: VoiceError, call: Call | null]} error
 * @property {[loss: import("./line.js").Loss]} lost
 * @property {[call: Call]} restored
 * @property {[]} replaced
 * @property {[state: MicrophoneState]} microphone
 */

const CONNECT_PATIENCE = 5000;
const REMEMBERED_ENDINGS = 20;

/** As Twilio's errors: a number from its table where one fits, and a plain sentence. */
export class VoiceError extends Error {
  /**
   * @param {number} code
   * @param {string} name
   * @param {string} message
   */
  constructor(code, name, message) {
    super(message);
    this.code = code;
    this.name = name;
  }
}

/** @param {string} message */
function misuse(message) {
  return new VoiceError(31400, "InvalidStateError", message);
}

/**
 * @param {ToldCall} call
 * @returns {Direction}
 */
function directionOf({ direction }) {
  return direction === "outgoing" ? "OUTGOING" : "INCOMING";
}

/**
 * A Twilio access token names its bearer; anything else is an address already.
 * @param {string} tokenOrAddress
 */
function addressOf(tokenOrAddress) {
  const [header = "", body = "", ...more] = tokenOrAddress.split(".");
  if (more.length !== 1 || !header.startsWith("eyJ")) return tokenOrAddress;
  const payload = body.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return `client:${JSON.parse(new TextDecoder().decode(bytes)).grants.identity}`;
}

/**
 * @param {string} base
 * @param {string} address
 */
function socketUrl(base, address) {
  const url = new URL(`/handsets/${encodeURIComponent(address)}`, base);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

/**
 * A phone of one address.
 * @extends {Emitter<DeviceEvents>}
 */
export class Device extends Emitter {
  address;
  /** @type {MicrophoneState} */
  microphone = "idle";
  /** @type {DeviceState} */
  state = "unregistered";
  #line;
  /** @type {Call | null} */
  #call = null;
  /** @type {string[]} sids of the last calls */
  #ended = [];

  /**
   * @param {string} tokenOrAddress
   * @param {{ url?: string }} [options] `url`: where the simulator is; by default where this module
   *   came from
   */
  constructor(tokenOrAddress, { url = import.meta.url } = {}) {
    super();
    this.address = addressOf(tokenOrAddress);
    this.#line = new Line(socketUrl(url, this.address));
    this.#line.on("lost", (loss) => this.#lost(loss));
    this.#line.on("message", (message) => this.#heard(message));
  }

  get identity() {
    return this.address.replace(/^client:/, "");
  }

  get isBusy() {
    return this.#call !== null;
  }

  /** The call going on, or null. */
  get activeCall() {
    return this.#call;
  }

  /**
   * Resolves once the simulator has said hello.
   * @returns {Promise<void>}
   */
  register() {
    if (this.state === "destroyed") return Promise.reject(misuse("this device was destroyed"));
    if (this.state === "unregistered") this.#enter("registering");
    this.#line.open();
    return this.#whenRegistered();
  }

  /** A promise for the sake of the same interface: it is done at once. */
  async unregister() {
    this.#leave();
  }

  destroy() {
    this.#leave();
    this.#enter("destroyed");
  }

  /** Tokens of the simulator do not run out; here for the sake of the same interface. */
  updateToken() {}

  /**
   * Dials params.To; resolves with the Call as soon as the number is on its way.
   * @param {{ params?: { To?: string } }} [options]
   */
  async connect({ params = {} } = {}) {
    if (this.#call) throw misuse("a call is going on");
    await this.register();
    const to = params.To ?? "";
    const call = this.#makeCall("OUTGOING", { From: this.address, To: to });
    this.#line.send({ type: "dial", to });
    return call;
  }

  disconnectAll() {
    this.#call?.disconnect();
  }

  #leave() {
    this.#call?.disconnect();
    this.#line.close();
    this.#enter("unregistered");
  }

  /** @returns {Promise<void>} */
  #whenRegistered() {
    if (this.state === "registered") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.off("registered", done);
        reject(new VoiceError(31005, "ConnectionError", "the simulator does not answer"));
      };
      const timer = setTimeout(giveUp, CONNECT_PATIENCE);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.once("registered", done);
    });
  }

  /** @param {DeviceState} state */
  #enter(state) {
    if (this.state === state) return;
    this.state = state;
    this.emit(state);
  }

  /**
   * @param {Direction} direction
   * @param {{ From?: string, To?: string }} parameters
   */
  #makeCall(direction, parameters) {
    const send = (/** @type {Wish} */ message) => this.#line.send(message);
    const sound = new Sound(send);
    sound.on("microphone", (state) => this.#microphone(state));
    const call = new Call({ direction, parameters, send, sound });
    const forget = () => this.#forget(call);
    call.on("cancel", forget).on("reject", forget).on("disconnect", forget);
    this.#call = call;
    return call;
  }

  /** @param {MicrophoneState} state */
  #microphone(state) {
    this.microphone = state;
    this.emit("microphone", state);
  }

  /** @param {Call} call */
  #forget(call) {
    this.#ended = [...this.#ended, call.parameters.CallSid].slice(-REMEMBERED_ENDINGS);
    if (this.#call === call) this.#call = null;
  }

  /** @param {import("./line.js").Loss} loss */
  #lost(loss) {
    const error = new VoiceError(31005, "ConnectionError", "the line to the simulator was lost");
    if (this.state === "registered") {
      this.#enter("unregistered");
      this.emit("error", error, this.#call);
    }
    this.#enter("registering");
    this.#call?.lost(error);
    this.emit("lost", loss);
  }

  /** @param {Message} message */
  #heard(message) {
    if (message.type === "state") this.#heardState(message);
    else if (message.type === "replaced") this.#replaced();
    else if (message.type === "error") this.#refused(message.detail);
    else this.#call?.hear(message);
  }

  #replaced() {
    this.#line.close();
    this.#call?.end();
    this.#enter("unregistered");
    this.emit("replaced");
  }

  /**
   * The simulator will not do what was asked; a call that never began is over.
   * @param {string} detail
   */
  #refused(detail) {
    const call = this.#call;
    this.emit("error", new VoiceError(31404, "RefusedError", detail), call);
    if (call?.parameters.CallSid === "") call.end();
  }

  /** @param {import("./line.js").StateMessage} message */
  #heardState({ state, call }) {
    const isFirst = this.state !== "registered";
    if (call === null || state === "idle" || state === "ended") this.#over(state, call, isFirst);
    else if (!this.#ended.includes(call.sid)) this.#follow(state, call);
    else if (isFirst) this.#line.send({ type: "hangup" }); // said before, when nobody heard it
    if (!isFirst) return;
    this.#enter("registered");
    this.#call?.found();
  }

  /**
   * A late word about the call before must not end the one just dialled.
   * @param {import("./line.js").CallState} state
   * @param {ToldCall | null} call
   * @param {boolean} isFirst
   */
  #over(state, call, isFirst) {
    const sid = this.#call?.parameters.CallSid;
    const isLate = sid === "" ? state === "idle" : call !== null && call.sid !== sid;
    if (isFirst || !isLate) this.#call?.end();
  }

  /**
   * @param {GoingState} state
   * @param {ToldCall} call
   */
  #follow(state, call) {
    if (this.#call && !this.#call.is(state, call)) this.#call.end();
    const known = this.#call;
    const current = known ?? this.#makeCall(directionOf(call), {});
    current.follow(state, call);
    if (known === null) this.emit(state === "ringing" ? "incoming" : "restored", current);
  }
}
