// The ring: two soft notes, made here so that no file has to come. Faster when life is at risk. It
// rings on the system's output and on a second one where that was chosen: headphones lie on desks.

import { chosenDevice } from "./audio_choice.js";

const NOTES = [659.3, 523.3];

/** @typedef {AudioContext & { setSinkId?: (id: string) => Promise<void> }} Output */

/** @type {Map<string, Output>} by the device's id; empty: the system's own */
const outputs = new Map();
/** @type {number | undefined} */
let timer;
/** @type {number | undefined} */
let ends;

/** @param {AudioContext} context */
function play(context) {
  const start = context.currentTime + 0.02;
  NOTES.forEach((frequency, place) => {
    const [note, loudness] = [context.createOscillator(), context.createGain()];
    note.frequency.value = frequency;
    loudness.gain.setValueAtTime(0, start + place * 0.25);
    loudness.gain.linearRampToValueAtTime(0.12, start + place * 0.25 + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + place * 0.25 + 0.5);
    note.connect(loudness).connect(context.destination);
    note.start(start + place * 0.25);
    note.stop(start + place * 0.25 + 0.55);
  });
}

/** @param {string} id of an output */
function outputOf(id) {
  /** @type {Output} */
  const output = outputs.get(id) ?? new AudioContext();
  if (id && !outputs.has(id)) void output.setSinkId?.(id).catch(() => outputs.delete(id));
  outputs.set(id, output);
  void output.resume(); // waits for a gesture where the browser insists on one
  return output;
}

function playAll() {
  for (const id of new Set(["", chosenDevice("ring")])) play(outputOf(id));
}

/**
 * @param {boolean} urgent
 * @param {number} [length] in milliseconds; without it until stopRing
 */
export function startRing(urgent, length) {
  if (timer !== undefined) return;
  playAll();
  timer = setInterval(playAll, urgent ? 900 : 2000);
  if (length) ends = setTimeout(stopRing, length);
}

export function stopRing() {
  clearInterval(timer);
  clearTimeout(ends);
  timer = undefined;
}
