// A softphone for the simulator with the interface of Twilio's Voice SDK (the part we use), so that
// a page works with either: `Device` registers, dials and rings; `Call` is one conversation.
// May be imported from another origin: addresses are derived from this file's own.

import { Call } from "./call.js";
import { Emitter } from "./emitter.js";
import { Line } from "./line.js";
import { Sound } from "./sound.js";

export { Call };

const CONNECT_PATIENCE = 5000;
const REMEMBERED_ENDINGS = 20;
const ENDINGS = ["cancel", "reject", "disconnect"];
const OVER = new Set(["idle", "ended"]);

/** As Twilio's errors: a number from its table where one fits, and a plain sentence. */
export class VoiceError extends Error {
  constructor(code, name, message) {
    super(message);
    this.code = code;
    this.name = name;
  }
}

function misuse(message) {
  return new VoiceError(31400, "InvalidStateError", message);
}

function directionOf({ direction }) {
  return direction === "outgoing" ? "OUTGOING" : "INCOMING";
}

/** A Twilio access token names its bearer; anything else is an address already. */
function addressOf(tokenOrAddress) {
  const parts = tokenOrAddress.split(".");
  if (parts.length !== 3 || !parts[0].startsWith("eyJ")) return tokenOrAddress;
  const payload = parts[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return `client:${JSON.parse(new TextDecoder().decode(bytes)).grants.identity}`;
}

function socketUrl(base, address) {
  const url = new URL(`/handsets/${encodeURIComponent(address)}`, base);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

/**
 * Events: registering, registered, unregistered, destroyed, incoming(call), error(VoiceError, call?),
 * and of our own: lost({attempt, delay}) while the wire is gone, restored(call) when the simulator
 * knows of a call this page did not start (after a reload), replaced when another page took the
 * address, microphone(idle|asking|granted|refused|missing).
 */
export class Device extends Emitter {
  address;
  microphone = "idle";
  state = "unregistered";
  #line;
  #call = null;
  #ended = [];

  /** `url`: where the simulator is; by default where this module came from. */
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

  /** Resolves once the simulator has said hello. */
  register() {
    if (this.state === "destroyed") return Promise.reject(misuse("this device was destroyed"));
    if (this.state === "unregistered") this.#enter("registering");
    this.#line.open();
    return this.#whenRegistered();
  }

  async unregister() {
    this.#call?.disconnect();
    this.#line.close();
    this.#enter("unregistered");
  }

  destroy() {
    this.unregister();
    this.#enter("destroyed");
  }

  /** Tokens of the simulator do not run out; here for the sake of the same interface. */
  updateToken() {}

  /** Dials params.To; resolves with the Call as soon as the number is on its way. */
  async connect({ params = {} } = {}) {
    if (this.#call) throw misuse("a call is going on");
    await this.register();
    const call = this.#makeCall("OUTGOING", { From: this.address, To: params.To ?? "" });
    this.#line.send({ type: "dial", to: params.To ?? "" });
    return call;
  }

  disconnectAll() {
    this.#call?.disconnect();
  }

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

  #enter(state) {
    if (this.state === state) return;
    this.state = state;
    this.emit(state);
  }

  #makeCall(direction, parameters) {
    const send = (message) => this.#line.send(message);
    const sound = new Sound(send);
    sound.on("microphone", (state) => this.#microphone(state));
    const call = new Call({ direction, parameters, send, sound });
    for (const ending of ENDINGS) call.on(ending, () => this.#forget(call));
    this.#call = call;
    return call;
  }

  #microphone(state) {
    this.microphone = state;
    this.emit("microphone", state);
  }

  #forget(call) {
    this.#ended = [...this.#ended, call.parameters.CallSid].slice(-REMEMBERED_ENDINGS);
    if (this.#call === call) this.#call = null;
  }

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

  /** The simulator will not do what was asked; a call that never began is over. */
  #refused(detail) {
    const call = this.#call;
    this.emit("error", new VoiceError(31404, "RefusedError", detail), call);
    if (call?.parameters.CallSid === "") call.end();
  }

  #heardState({ state, call }) {
    const isFirst = this.state !== "registered";
    if (call === null || OVER.has(state)) this.#over(state, call, isFirst);
    else if (!this.#ended.includes(call.sid)) this.#follow(state, call);
    else if (isFirst) this.#line.send({ type: "hangup" }); // said before, when nobody heard it
    if (!isFirst) return;
    this.#enter("registered");
    this.#call?.found();
  }

  /** A late word about the call before must not end the one just dialled. */
  #over(state, call, isFirst) {
    const sid = this.#call?.parameters.CallSid;
    const isLate = sid === "" ? state === "idle" : call !== null && call.sid !== sid;
    if (isFirst || !isLate) this.#call?.end();
  }

  #follow(state, call) {
    if (this.#call && !this.#call.is(state, call)) this.#call.end();
    const known = this.#call;
    const current = known ?? this.#makeCall(directionOf(call), {});
    current.follow(state, call);
    if (known === null) this.emit(state === "ringing" ? "incoming" : "restored", current);
  }
}
