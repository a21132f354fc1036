// The microphone of a handset, or a silent stand-in where there is none or it was refused.
// Leaves to voice.js when to open it and whether it is muted.

import { Emitter } from "./emitter.js";
import { audioTrackOf, Meter, silentTrack } from "./levels.js";

const REFUSED = new Set(["NotAllowedError", "SecurityError"]);
const WISHES = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

/** @typedef {"idle" | "asking" | "granted" | "refused" | "missing"} MicrophoneState */

/** @extends {Emitter<{ state: [state: MicrophoneState], track: [track: MediaStreamTrack] }>} */
export class Microphone extends Emitter {
  /** @type {MicrophoneState} */
  state = "idle";
  /** @type {MediaStreamTrack | null} */
  track = null;
  #enabled = true;
  /** @type {Meter | null} */
  #meter = null;
  /** @type {Promise<void> | null} */
  #opening = null;
  /** @type {symbol | null} */
  #request = null;

  /** Resolves when the person or the browser has decided; never rejects. */
  open() {
    return (this.#opening ??= this.#ask());
  }

  close() {
    this.#opening = null;
    this.#request = null;
    this.#meter?.close();
    this.#meter = null;
    this.track?.stop();
    this.track = null;
    this.#enter("idle");
  }

  /** @param {boolean} enabled */
  set enabled(enabled) {
    this.#enabled = enabled;
    if (this.track) this.track.enabled = enabled;
  }

  get level() {
    return this.#meter?.read() ?? 0;
  }

  async #ask() {
    const request = Symbol("request");
    this.#request = request;
    this.#use(silentTrack());
    this.#enter("asking");
    try {
      const stream = await navigator.mediaDevices.getUserMedia(WISHES);
      this.#granted(audioTrackOf(stream), request);
    } catch (problem) {
      const refused = problem instanceof Error && REFUSED.has(problem.name);
      if (request === this.#request) this.#enter(refused ? "refused" : "missing");
    }
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {symbol} request
   */
  #granted(track, request) {
    if (request !== this.#request) {
      track.stop(); // the call ended while the browser was asking
      return;
    }
    track.addEventListener("ended", () => this.#unplugged(track));
    this.#use(track);
    this.#enter("granted");
  }

  /** @param {MediaStreamTrack} track */
  #unplugged(track) {
    if (track !== this.track) return;
    this.#use(silentTrack());
    this.#enter("missing");
  }

  /** @param {MediaStreamTrack} track */
  #use(track) {
    this.#meter?.close();
    track.enabled = this.#enabled;
    this.track = track;
    this.#meter = new Meter(new MediaStream([track]));
    this.emit("track", track);
  }

  /** @param {MicrophoneState} state */
  #enter(state) {
    this.state = state;
    this.emit("state", state);
  }
}
