// Says prompts aloud, one after the other, and never over a person.
// With a voice of the browser where it has one for the language, else with sound from /speech.

/** @typedef {{ text: string, language: string } | { url: string }} Item to be heard: words, or a recording */

/**
 * Carriers and ISO 639-3 on the left, what browsers call their voices on the right.
 * @type {[RegExp, string[]][]}
 */
const VOICES = [
  [/^(zh-hk|zh-yue|yue)/, ["zh-hk", "yue"]],
  [/^(hak|nan|zh-hak|zh-nan)/, []],
  [/^(zh|cmn)/, ["zh-cn", "cmn", "zh-hans"]],
  [/^en/, ["en"]],
];

/** @param {string} language */
function browserVoice(language) {
  const tag = (language || "zh-CN").toLowerCase();
  const prefixes = VOICES.find(([pattern]) => pattern.test(tag))?.[1] ?? [];
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find(({ lang }) => {
    const spoken = lang.replace("_", "-").toLowerCase();
    return prefixes.some((prefix) => spoken.startsWith(prefix));
  });
}

/** Everything here may fail (no voice, no sound card); a prompt is always on the display as well. */
export class Speaker {
  /** @type {Item[]} */
  #queue = [];
  /** @type {Item | null} what is heard now */
  #now = null;
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

  /**
   * Words to say. Music gives way to them, other words are heard out first.
   * @param {string} text
   * @param {string} language as the carrier names it; "" for the usual one
   */
  say(text, language) {
    this.#queue = this.#queue.filter((item) => "text" in item);
    this.#add({ text, language });
  }

  /**
   * A recording to play.
   * @param {string} url
   */
  play(url) {
    this.#add({ url });
  }

  stop() {
    this.#turn += 1;
    this.#queue = [];
    this.#now = null;
    this.#audio.pause();
    globalThis.speechSynthesis?.cancel();
  }

  /** @param {Item} item */
  #add(item) {
    if (this.#muted) return;
    if (this.#now && "url" in this.#now && "text" in item) this.stop();
    this.#queue.push(item);
    if (!this.#now) void this.#next();
  }

  async #next() {
    const turn = this.#turn;
    this.#now = this.#queue.shift() ?? null;
    if (!this.#now) return;
    await this.#perform(this.#now).catch(() => {});
    if (turn === this.#turn) void this.#next();
  }

  /** @param {Item} item */
  #perform(item) {
    if ("url" in item) return this.#sound(item.url);
    const { text, language } = item;
    const voice = browserVoice(language);
    if (voice) return this.#speak(text, voice);
    const query = new URLSearchParams({ text, language });
    return this.#sound(new URL(`/speech?${query}`, import.meta.url).href);
  }

  /**
   * @param {string} text
   * @param {SpeechSynthesisVoice} voice
   * @returns {Promise<unknown>}
   */
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

  /**
   * @param {string} url
   * @returns {Promise<unknown>}
   */
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
