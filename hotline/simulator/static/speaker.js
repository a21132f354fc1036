// Says prompts aloud, one after the other, and never over a person.
// With a voice of the browser where it has one for the language, else with sound from /speech.

/** Carriers and ISO 639-3 on the left, what browsers call their voices on the right. */
const VOICES = [
  [/^(zh-hk|zh-yue|yue)/, ["zh-hk", "yue"]],
  [/^(hak|nan|zh-hak|zh-nan)/, []],
  [/^(zh|cmn)/, ["zh-cn", "cmn", "zh-hans"]],
  [/^en/, ["en"]],
];

function browserVoice(language) {
  const tag = (language || "zh-CN").toLowerCase();
  const prefixes = VOICES.find(([pattern]) => pattern.test(tag))?.[1] ?? [];
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const matches = (voice, prefix) => voice.lang.replace("_", "-").toLowerCase().startsWith(prefix);
  return voices.find((voice) => prefixes.some((prefix) => matches(voice, prefix)));
}

/** Everything here may fail (no voice, no sound card); a prompt is always on the display as well. */
export class Speaker {
  #queue = [];
  #busy = false;
  #muted = false;
  #turn = 0;
  #audio = new Audio();

  constructor() {
    globalThis.speechSynthesis?.getVoices(); // browsers fetch the list when first asked for it
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    if (muted) this.stop();
  }

  /** Words to say. Music gives way to them, other words are heard out first. */
  say(text, language) {
    this.#queue = this.#queue.filter((item) => item.text !== undefined);
    this.#add({ text, language });
  }

  /** A recording to play. */
  play(url) {
    this.#add({ url });
  }

  stop() {
    this.#turn += 1;
    this.#queue = [];
    this.#busy = false;
    this.#audio.pause();
    globalThis.speechSynthesis?.cancel();
  }

  #add(item) {
    if (this.#muted) return;
    if (this.#busy?.url && item.text) this.stop();
    this.#queue.push(item);
    if (!this.#busy) this.#next();
  }

  async #next() {
    const turn = this.#turn;
    this.#busy = this.#queue.shift() ?? false;
    if (!this.#busy) return;
    await this.#perform(this.#busy).catch(() => {});
    if (turn === this.#turn) this.#next();
  }

  #perform({ text, language, url }) {
    if (url) return this.#sound(url);
    const voice = browserVoice(language);
    if (voice) return this.#speak(text, voice);
    const query = new URLSearchParams({ text, language: language ?? "" });
    return this.#sound(new URL(`/speech?${query}`, import.meta.url).href);
  }

  #speak(text, voice) {
    return new Promise((resolve) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = voice;
      utterance.lang = voice.lang;
      utterance.addEventListener("end", resolve);
      utterance.addEventListener("error", resolve);
      globalThis.speechSynthesis.speak(utterance);
    });
  }

  #sound(url) {
    return new Promise((resolve, reject) => {
      this.#audio.onended = resolve;
      this.#audio.onerror = reject;
      this.#audio.onpause = resolve;
      this.#audio.src = url;
      this.#audio.play().catch(reject);
    });
  }
}
