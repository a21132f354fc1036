// How loud a stream is: root mean square, 0 (silence) to 1 (full scale).
// Owns the page's one AudioContext; leaves drawing to the pages.

const WINDOW = 8192; // samples: 170 ms at 48 kHz, so that five readings a second miss nothing

/** @type {AudioContext | null} */
let context = null;

/** The page's AudioContext; started by the first gesture where the browser insists on one. */
export function audioContext() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
  return context;
}

/**
 * The one sound of a stream that somebody speaks into.
 * @param {MediaStream} stream
 */
export function audioTrackOf(stream) {
  const [track] = stream.getAudioTracks();
  if (!track) throw new Error("the stream carries no sound");
  return track;
}

/** A track that says nothing, for a phone without a microphone. */
export function silentTrack() {
  return audioTrackOf(audioContext().createMediaStreamDestination().stream);
}

/** Reads the loudness of one MediaStream until close(). */
export class Meter {
  #source;
  #analyser;
  #samples = new Float32Array(WINDOW);
  #decibels = new Float32Array(WINDOW / 2);

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.#source = audioContext().createMediaStreamSource(stream);
    this.#analyser = new AnalyserNode(audioContext(), { fftSize: WINDOW });
    this.#source.connect(this.#analyser);
  }

  read() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const energy = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    return Math.min(1, Math.sqrt(energy / WINDOW));
  }

  /** The strongest pitch in it now, in hertz. */
  pitch() {
    this.#analyser.getFloatFrequencyData(this.#decibels);
    const strongest = this.#decibels.reduce((best, level, at, all) => (level > (all[best] ?? 0) ? at : best), 1);
    return (strongest * audioContext().sampleRate) / WINDOW;
  }

  close() {
    this.#source.disconnect();
  }
}

/**
 * For a bar on a page: loudness as people hear it, -60 dB = 0 and -6 dB = 1.
 * @param {number} level 0 to 1
 */
export function asBar(level) {
  if (level <= 0) return 0;
  return Math.max(0, Math.min(1, (20 * Math.log10(level) + 60) / 54));
}
