// Any sound that the browser can decode, as a telephone carries it: WAV, one channel, 16 bits, 8,000 samples a second.

const RATE = 8000;
const HEADER_BYTES = 44;
const BYTES = 2; // a sample's
const FULL = 32767;

/** @param {AudioBuffer} sound */
function mixed(sound) {
  const mix = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    sound.getChannelData(channel).forEach((value, place) => {
      mix[place] = (mix[place] ?? 0) + value / sound.numberOfChannels;
    });
  }
  return mix;
}

/**
 * @param {DataView} view
 * @param {number} place
 * @param {string} text
 */
function write(view, place, text) {
  for (const [at, letter] of [...text].entries()) view.setUint8(place + at, letter.charCodeAt(0));
}

/** @param {Float32Array} samples between -1 and 1 */
function wavOf(samples) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + samples.length * BYTES));
  write(view, 0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  write(view, 8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of what follows here
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * BYTES, true);
  view.setUint16(32, BYTES, true);
  view.setUint16(34, BYTES * 8, true);
  write(view, 36, "data");
  view.setUint32(40, samples.length * BYTES, true);
  samples.forEach((value, place) => view.setInt16(HEADER_BYTES + place * BYTES, Math.max(-1, Math.min(1, value)) * FULL, true));
  return new Blob([view], { type: "audio/wav" });
}

/**
 * Raises what decodeAudioData raises for a file that is no sound.
 * @param {Blob} file
 */
export async function telephoneSound(file) {
  const context = new OfflineAudioContext(1, 1, RATE); // decodes to its own rate
  return wavOf(mixed(await context.decodeAudioData(await file.arrayBuffer())));
}
