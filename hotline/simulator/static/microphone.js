// The microphone of a handset, or a silent stand-in where there is none or it was refused.
// Leaves to voice.js when to open it and whether it is muted.

import { Emitter } from "./emitter.js";
import { Meter, silentTrack } from "./levels.js";

const REFUSED = new Set(["NotAllowedError", "SecurityError"]);
const WISHES = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

/** `state`: idle | asking | granted | refused | missing. Events: state(word), track(track). */
export class Microphone extends Emitter {
  state = "idle";
  track = null;
  #enabled = true;
  #meter = null;
  #opening = null;
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
      this.#granted(stream.getAudioTracks()[0], request);
    } catch (problem) {
      if (request === this.#request) this.#enter(REFUSED.has(problem.name) ? "refused" : "missing");
    }
  }

  #granted(track, request) {
    if (request !== this.#request) {
      track.stop(); // the call ended while the browser was asking
      return;
    }
    track.addEventListener("ended", () => this.#unplugged(track));
    this.#use(track);
    this.#enter("granted");
  }

  #unplugged(track) {
    if (track !== this.track) return;
    this.#use(silentTrack());
    this.#enter("missing");
  }

  #use(track) {
    this.#meter?.close();
    track.enabled = this.#enabled;
    this.track = track;
    this.#meter = new Meter(new MediaStream([track]));
    this.emit("track", track);
  }

  #enter(state) {
    this.state = state;
    this.emit("state", state);
  }
}
