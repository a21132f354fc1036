// Events for the voice module, with the names Twilio's Voice SDK uses (on, once, off).
// Leaves to its subclasses which events exist.

export class Emitter {
  #handlers = new Map();

  on(event, handler) {
    const handlers = this.#handlers.get(event) ?? [];
    this.#handlers.set(event, [...handlers, handler]);
    return this;
  }

  once(event, handler) {
    const single = (...values) => {
      this.off(event, single);
      handler(...values);
    };
    return this.on(event, single);
  }

  off(event, handler) {
    const handlers = this.#handlers.get(event) ?? [];
    this.#handlers.set(event, handlers.filter((known) => known !== handler));
    return this;
  }

  addListener(event, handler) {
    return this.on(event, handler);
  }

  removeListener(event, handler) {
    return this.off(event, handler);
  }

  removeAllListeners(event) {
    if (event === undefined) this.#handlers.clear();
    else this.#handlers.delete(event);
    return this;
  }

  /** A handler that throws must not keep the others from hearing of it. */
  emit(event, ...values) {
    for (const handler of this.#handlers.get(event) ?? []) {
      try {
        handler(...values);
      } catch (problem) {
        globalThis.reportError(problem);
      }
    }
  }
}
