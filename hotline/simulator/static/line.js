// The wire to the simulator: one WebSocket that comes back by itself.
// Leaves the meaning of the messages to voice.js.

import { Emitter } from "./emitter.js";

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8000;

/** Grows per attempt; the jitter keeps many pages from knocking in step after a restart. */
function delayBefore(attempt) {
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1));
  return delay * (0.8 + 0.4 * Math.random());
}

/** Events: open, message(object), lost({attempt, delay}). `closed` for good only after close(). */
export class Line extends Emitter {
  #url;
  #socket = null;
  #wanted = false;
  #attempt = 0;
  #timer = null;
  #retryNow = () => this.#timer && this.#connect();

  constructor(url) {
    super();
    this.#url = url;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
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
    clearTimeout(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /** False when nothing was sent; what must not be lost is said again by voice.js after `open`. */
  send(message) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => this.#received(socket, event));
    socket.addEventListener("close", () => this.#closed(socket));
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    this.#attempt = 0;
    this.emit("open");
  }

  #received(socket, event) {
    if (socket === this.#socket) this.emit("message", JSON.parse(event.data));
  }

  #closed(socket) {
    if (socket !== this.#socket || !this.#wanted) return;
    this.#attempt += 1;
    const delay = delayBefore(this.#attempt);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.emit("lost", { attempt: this.#attempt, delay });
  }
}
