// How loud the microphone is, and whether anything comes from it at all.

import { chosenDevice } from "./audio_choice.js";

const REFUSED = ["NotAllowedError", "SecurityError"];
const LISTENS_MS = 2000;
const LOOK_MS = 50;
const SOUND = 0.0005; // the quietest room is louder; a headset that is switched off is not

/**
 * @typedef {"granted" | "silent" | "refused" | "missing"} MicrophoneFound
 * @typedef {{ read(): number, close(): void }} Level `read`: 0 to 1, of this moment
 */

/**
 * The chosen microphone, or the system's where that is gone. Rejects where there is none.
 * @returns {Promise<MediaStream>}
 */
function openMicrophone() {
  const id = chosenDevice("input");
  return navigator.mediaDevices.getUserMedia({ audio: id ? { deviceId: { ideal: id } } : true });
}

/** @returns {Promise<Level>} */
export async function openLevel() {
  const stream = await openMicrophone();
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  audio.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read() {
      analyser.getFloatTimeDomainData(samples);
      return samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
    },
    close() {
      for (const track of stream.getTracks()) track.stop();
      void audio.close();
    },
  };
}

/**
 * Until something is heard, or long enough to say that nothing is.
 * @param {Level} level
 * @returns {Promise<boolean>}
 */
async function hearsSomething(level) {
  for (let waited = 0; waited < LISTENS_MS; waited += LOOK_MS) {
    if (level.read() > SOUND) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}

/** @returns {Promise<MicrophoneFound>} */
export async function checkMicrophone() {
  try {
    const level = await openLevel();
    const found = await hearsSomething(level);
    level.close();
    return found ? "granted" : "silent";
  } catch (fault) {
    return fault instanceof Error && REFUSED.includes(fault.name) ? "refused" : "missing";
  }
}
