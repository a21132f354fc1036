// The wire to the simulator: one WebSocket that comes back by itself, and what is said on it.
// Leaves the meaning of the messages to voice.js.

import { Emitter } from "./emitter.js";

/**
 * A call as the simulator tells it; `sid` is the handset's own leg.
 * @typedef {object} ToldCall
 * @property {string} sid
 * @property {string} from
 * @property {string} to
 * @property {"incoming" | "outgoing"} direction
 * @property {Record<string, string>} [parameters]
 */

/** @typedef {"dialing" | "ringing" | "talking"} GoingState */
/** @typedef {GoingState | "idle" | "ended"} CallState */

/**
 * Another handset that may be heard, by its leg. `polite`: we give in where both offer at once.
 * @typedef {{ leg: string, address: string, muted: boolean, hold: boolean, polite: boolean }} ListedPeer
 */

/**
 * What browsers tell each other to connect; `session` and `echo`: see peer.js.
 * @typedef {object} Signal
 * @property {string} session
 * @property {string | null} echo
 * @property {RTCSessionDescriptionInit} [description]
 * @property {RTCIceCandidate} [candidate]
 * @property {true} [bye]
 */

/** @typedef {{ type: "said", text: string, language: string, voice: string }} Said */
/** @typedef {{ type: "played", url: string }} Played */
/** @typedef {{ type: "gathering", input: string, num_digits: number | null }} Gathering */
/** @typedef {{ type: "digits", digits: string }} Pressed */
/** @typedef {{ type: "signal", from: string, data: Signal }} SignalMessage */
/**
 * What we are in the conference; `music` is the address of what is played to us alone, or "".
 * @typedef {{ muted: boolean, hold: boolean, music: string }} Me
 */
/** @typedef {{ type: "peers", conference: string, me: Me, peers: ListedPeer[] }} PeersMessage */
/** @typedef {Said | Played | Gathering | Pressed} HappenedMessage */
/** @typedef {{ type: "state", state: CallState, call: ToldCall | null }} StateMessage */
/** @typedef {{ type: "replaced" } | { type: "error", detail: string }} DeviceMessage */
/** @typedef {StateMessage | DeviceMessage | HappenedMessage | SignalMessage | PeersMessage} Message what the simulator says */

/**
 * What a handset says.
 * @typedef {{ type: "answer" | "reject" | "hangup" }
 *   | { type: "dial", to: string }
 *   | { type: "digits", digits: string }
 *   | { type: "speech", text: string }
 *   | { type: "mute", muted: boolean }
 *   | { type: "signal", to: string, data: Signal }} Wish
 */

/** @typedef {{ attempt: number, delay: number }} Loss `delay` until the next attempt, in milliseconds */
/** @typedef {{ open: [], message: [Message], lost: [Loss] }} LineEvents */

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8000;

/**
 * Grows per attempt; the jitter keeps many pages from knocking in step after a restart.
 * @param {number} attempt
 */
function delayBefore(attempt) {
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1));
  return delay * (0.8 + 0.4 * Math.random());
}

/**
 * Closed for good only after close().
 * @extends {Emitter<LineEvents>}
 */
export class Line extends Emitter {
  #url;
  /** @type {WebSocket | null} */
  #socket = null;
  #wanted = false;
  #attempt = 0;
  /** @type {number | undefined} */
  #timer;
  #retryNow = () => this.#timer && this.#connect();

  /** @param {URL} url */
  constructor(url) {
    super();
    this.#url = url;
  }

  open() {
    if (this.#wanted) return;
    this.#wanted = true;
    globalThis.addEventListener("online", this.#retryNow);
    this.#connect();
  }

  close() {
    this.#wanted = false;
    globalThis.removeEventListener("online", this.#retryNow);
    this.#stopWaiting();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /**
   * False when nothing was sent; what must not be lost is said again by voice.js after `open`.
   * @param {Wish} message
   */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #stopWaiting() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #connect() {
    this.#stopWaiting();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => this.#received(socket, event));
    socket.addEventListener("close", () => this.#closed(socket));
  }

  /** @param {WebSocket} socket */
  #opened(socket) {
    if (socket !== this.#socket) return;
    this.#attempt = 0;
    this.emit("open");
  }

  /**
   * @param {WebSocket} socket
   * @param {MessageEvent} event
   */
  #received(socket, event) {
    if (socket === this.#socket) this.emit("message", JSON.parse(event.data));
  }

  /** @param {WebSocket} socket */
  #closed(socket) {
    if (socket !== this.#socket || !this.#wanted) return;
    this.#attempt += 1;
    const delay = delayBefore(this.#attempt);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.emit("lost", { attempt: this.#attempt, delay });
  }
}
