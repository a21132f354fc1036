// The sounds a phone makes by itself: keys, ringing, and the tone while it rings elsewhere.
// Leaves to phone.js when; needs a gesture on the page first, as browsers demand.

import { audioContext } from "./levels.js";

/** @type {Record<string, number>} */
const KEY_ROWS = { 1: 697, 2: 697, 3: 697, 4: 770, 5: 770, 6: 770, 7: 852, 8: 852, 9: 852, "*": 941, 0: 941, "#": 941 };
/** @type {Record<string, number>} */
const KEY_COLUMNS = { 1: 1209, 4: 1209, 7: 1209, "*": 1209, 2: 1336, 5: 1336, 8: 1336, 0: 1336, 3: 1477, 6: 1477, 9: 1477, "#": 1477 };
const CADENCES = {
  ringback: { frequencies: [450], seconds: 1, every: 5000, volume: 0.05 }, // as in China
  ring: { frequencies: [523, 659], seconds: 1.2, every: 3000, volume: 0.08 },
};

/** @typedef {keyof typeof CADENCES} Cadence */

let muted = false;
/** @type {{ name: Cadence, timer: number } | null} */
let cadence = null;

/**
 * @param {number[]} frequencies
 * @param {number} seconds
 * @param {number} volume 0 to 1
 */
function sound(frequencies, seconds, volume) {
  const context = audioContext();
  if (muted || context.state !== "running") return;
  const gain = new GainNode(context, { gain: 0 });
  gain.connect(context.destination);
  gain.gain.setTargetAtTime(volume, context.currentTime, 0.01);
  gain.gain.setTargetAtTime(0, context.currentTime + seconds, 0.02);
  for (const frequency of frequencies) {
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(gain);
    oscillator.start();
    oscillator.stop(context.currentTime + seconds + 0.2);
  }
}

/** @param {string} key */
export function keyTone(key) {
  const [row, column] = [KEY_ROWS[key], KEY_COLUMNS[key]];
  if (row && column) sound([row, column], 0.12, 0.04);
}

/** @param {Cadence | null} name null: silence */
export function ringing(name) {
  if (cadence?.name === name) return;
  clearInterval(cadence?.timer);
  cadence = null;
  if (!name) return;
  const { frequencies, seconds, every, volume } = CADENCES[name];
  const once = () => sound(frequencies, seconds, volume);
  cadence = { name, timer: setInterval(once, every) };
  once();
}

export function tonesAreMuted() {
  return muted;
}

/** @param {boolean} isMuted */
export function muteTones(isMuted) {
  muted = isMuted;
}
