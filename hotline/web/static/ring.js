// The ring: two soft notes, made here so that no file has to come. Faster when life is at risk.

const NOTES = [659.3, 523.3];

/** @type {AudioContext | null} */
let audio = null;
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

/**
 * @param {boolean} urgent
 * @param {number} [length] in milliseconds; without it until stopRing
 */
export function startRing(urgent, length) {
  if (timer !== undefined) return;
  audio ??= new AudioContext();
  void audio.resume(); // waits for a gesture where the browser insists on one
  play(audio);
  timer = setInterval(play, urgent ? 900 : 2000, audio);
  if (length) ends = setTimeout(stopRing, length);
}

export function stopRing() {
  clearInterval(timer);
  clearTimeout(ends);
  timer = undefined;
}
