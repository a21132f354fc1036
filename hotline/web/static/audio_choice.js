// Which microphone and headphones a person chose in this browser, and where it rings besides.

const KEPT = "hotline-devices";

/** @typedef {"input" | "output" | "ring"} AudioUse */

/** @returns {Partial<Record<AudioUse, string>>} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

/**
 * The device's id; empty for the system's own choice.
 * @param {AudioUse} use
 */
export function chosenDevice(use) {
  return kept()[use] ?? "";
}

/**
 * @param {AudioUse} use
 * @param {string} id
 */
export function chooseDevice(use, id) {
  localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [use]: id }));
}

/**
 * Rejects where a device that was chosen is not there any more: the system's own is used then.
 * @param {import("./softphone.js").ChoiceOfAudio} audio of the softphone
 */
export async function useChosen(audio) {
  const [input, output] = [chosenDevice("input"), chosenDevice("output")];
  if (input) await audio.setInputDevice(input); // unasked it would keep the microphone open
  if (output) await audio.speakerDevices.set(output);
}
