// The ring: two soft notes, made here so that no file has to come. Faster when life is at risk.

const NOTES = [659.3, 523.3];
let audio = null;
let timer = null;
let ends = null;

function play() {
  const start = audio.currentTime + 0.02;
  NOTES.forEach((frequency, place) => {
    const [note, loudness] = [audio.createOscillator(), audio.createGain()];
    note.frequency.value = frequency;
    loudness.gain.setValueAtTime(0, start + place * 0.25);
    loudness.gain.linearRampToValueAtTime(0.12, start + place * 0.25 + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + place * 0.25 + 0.5);
    note.connect(loudness).connect(audio.destination);
    note.start(start + place * 0.25);
    note.stop(start + place * 0.25 + 0.55);
  });
}

export function startRing(urgent, length) {
  if (timer !== null) return;
  audio ??= new AudioContext();
  audio.resume();
  play();
  timer = setInterval(play, urgent ? 900 : 2000);
  if (length) ends = setTimeout(stopRing, length);
}

export function stopRing() {
  clearInterval(timer);
  clearTimeout(ends);
  timer = null;
}
