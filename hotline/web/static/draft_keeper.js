// Keeps the draft of one open form in the browser: what was wanted last is what is kept, one change
// after the other, so that an older text never lands on a newer one.

import { newKey } from "./api.js";
import { canKeep, dropDraft, holdDraft, keepDraft } from "./kept_drafts.js";

/** @typedef {import("./kept_drafts.js").Draft} Draft */

export class DraftKeeper {
  #place;
  #sealKey;
  #letGo;
  /** @type {(() => Promise<void>) | null} */
  #wanted = null;
  /** @type {Promise<boolean | null>} */
  #last = Promise.resolve(null);

  /** @param {{ owner: string, call: string, sealKey: string }} whose */
  constructor({ owner, call, sealKey }) {
    this.#place = { id: newKey(), owner, call };
    this.#sealKey = sealKey;
    this.#letGo = holdDraft(this.#place.id);
  }

  /**
   * Whether it is kept; null where something newer has overtaken it.
   * @param {Draft} draft
   */
  keep(draft) {
    return canKeep() ? this.#becomes(() => keepDraft(this.#place, draft, this.#sealKey)) : Promise.resolve(false);
  }

  /** The server has it. */
  drop() {
    return canKeep() ? this.#becomes(() => dropDraft(this.#place.id)) : Promise.resolve(true);
  }

  /** The form is gone: what is kept of it may be taken up by another. */
  async letGo() {
    await this.#last;
    this.#letGo();
  }

  /** @param {() => Promise<void>} act */
  #becomes(act) {
    this.#wanted = act;
    this.#last = this.#last.then(() => this.#do(act));
    return this.#last;
  }

  /** @param {() => Promise<void>} act */
  async #do(act) {
    if (this.#wanted !== act) return null;
    try {
      await act();
      return true;
    } catch {
      return false; // the disk is full, or the browser keeps nothing: the form says so
    }
  }
}
