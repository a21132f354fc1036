// One tab of a browser holds the softphone; the others know it, take it only when told to, and get
// it by themselves when the holder goes. Rests on the browser's own locks: they end with their tab.

/**
 * What a tab is told. `taken`: another one has the phone.
 * @typedef {{ held(): void, taken(): void }} Told
 */

/** A claim of one tab to one name. */
export class Holding {
  #name;
  #told;
  /** @type {AbortController | null} of the wait for our turn */
  #wait = null;

  /**
   * @param {string} name
   * @param {Told} told
   */
  constructor(name, told) {
    this.#name = name;
    this.#told = told;
  }

  /** Hold it if nobody does, otherwise wait for it. */
  claim() {
    if (navigator.locks) void this.#request({ ifAvailable: true });
    else this.#told.held(); // plain http: there is no microphone either
  }

  /** Take it from whoever holds it: that tab is told, and waits for its turn. */
  take() {
    this.#wait?.abort();
    void this.#request({ steal: true });
  }

  /** @param {LockOptions} options */
  async #request(options) {
    try {
      await navigator.locks.request(this.#name, options, (lock) => (lock ? this.#hold() : this.#lose()));
    } catch {
      if (!options.signal?.aborted) this.#lose(); // another tab took it
    }
  }

  /**
   * For as long as this tab is open and nobody takes it.
   * @returns {Promise<never>}
   */
  #hold() {
    this.#told.held();
    return new Promise(() => {});
  }

  #lose() {
    this.#told.taken();
    this.#wait = new AbortController();
    void this.#request({ signal: this.#wait.signal });
  }
}
