// Music that one hears alone, while waiting or on hold: every address has a tune of its own.
// Made here, since nobody can say whether the address of a recording leads anywhere in a demo.

import { audioContext, Meter } from "./levels.js";
import { tonesAreMuted } from "./tones.js";

const SCALE = [262, 294, 330, 392, 440, 523]; // pentatonic: no two of them sound wrong together
const NOTE_PERIOD = 400;
const NOTE_SECONDS = 0.38;
const VOLUME = 0.12;
const AUDIBLE = 0.01;

/** @param {string} text */
function numberOf(text) {
  return [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
}

/** Plays to nobody but the person at this phone. */
export class Melody {
  #shelf;
  #url = "";
  #note = 0;
  /** @type {number | undefined} */
  #timer;
  /** @type {{ audio: HTMLAudioElement, out: MediaStreamAudioDestinationNode, meter: Meter } | null} */
  #on = null;

  /** @param {HTMLElement} shelf a hidden element */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  get isHeard() {
    return (this.#on?.meter.read() ?? 0) > AUDIBLE;
  }

  /** @param {string} url whose tune; "" for none */
  follow(url) {
    if (url === this.#url) return;
    this.close();
    this.#url = url;
    if (url) this.#begin();
  }

  close() {
    clearInterval(this.#timer);
    this.#on?.meter.close();
    this.#on?.audio.remove();
    this.#on = null;
    this.#url = "";
  }

  #begin() {
    const out = audioContext().createMediaStreamDestination();
    const audio = new Audio();
    audio.srcObject = out.stream;
    this.#shelf.append(audio);
    audio.play().catch(() => {}); // the next gesture brings it, as with the others' voices
    this.#on = { audio, out, meter: new Meter(out.stream) };
    this.#note = numberOf(this.#url);
    this.#timer = setInterval(() => this.#playNote(), NOTE_PERIOD);
    this.#playNote();
  }

  #playNote() {
    const context = audioContext();
    if (!this.#on || context.state !== "running" || tonesAreMuted()) return;
    if (this.#on.audio.paused) this.#on.audio.play().catch(() => {});
    this.#note = (this.#note * 17 + 5) % 9973;
    const oscillator = new OscillatorNode(context, { type: "triangle", frequency: SCALE[this.#note % SCALE.length] ?? 262 });
    const gain = new GainNode(context, { gain: VOLUME });
    gain.gain.setTargetAtTime(0, context.currentTime + NOTE_SECONDS / 2, 0.1);
    oscillator.connect(gain).connect(this.#on.out);
    oscillator.start();
    oscillator.stop(context.currentTime + NOTE_SECONDS);
  }
}
