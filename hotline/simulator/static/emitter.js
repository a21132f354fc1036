// Events for the voice module, with the names Twilio's Voice SDK uses (on, once, off).
// Leaves to its subclasses which events exist.

/**
 * `Events`: the name of each event and what its handlers are given.
 * @template {Record<string, unknown[]>} Events
 */
export class Emitter {
  /** @type {{ [E in keyof Events]?: ((...values: Events[E]) => void)[] }} */
  #handlers = {};

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {(...values: Events[E]) => void} handler
   */
  on(event, handler) {
    this.#handlers[event] = [...(this.#handlers[event] ?? []), handler];
    return this;
  }

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {(...values: Events[E]) => void} handler
   */
  once(event, handler) {
    const single = (/** @type {Events[E]} */ ...values) => {
      this.off(event, single);
      handler(...values);
    };
    return this.on(event, single);
  }

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {(...values: Events[E]) => void} handler
   */
  off(event, handler) {
    this.#handlers[event] = this.#handlers[event]?.filter((known) => known !== handler);
    return this;
  }

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {(...values: Events[E]) => void} handler
   */
  addListener(event, handler) {
    return this.on(event, handler);
  }

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {(...values: Events[E]) => void} handler
   */
  removeListener(event, handler) {
    return this.off(event, handler);
  }

  /** @param {keyof Events} [event] without it: of all events */
  removeAllListeners(event) {
    if (event === undefined) this.#handlers = {};
    else delete this.#handlers[event];
    return this;
  }

  /**
   * A handler that throws must not keep the others from hearing of it.
   * @template {keyof Events} E
   * @param {E} event
   * @param {Events[E]} values
   */
  emit(event, ...values) {
    for (const handler of this.#handlers[event] ?? []) {
      try {
        handler(...values);
      } catch (problem) {
        globalThis.reportError(problem);
      }
    }
  }
}
