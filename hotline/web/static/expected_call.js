// A call that this page asked for needs no answer button: who clicked "listen" is put through. The
// button says so (`data-expects-call`, with whose talk it is), or a script calls expectCall.

import { nearest } from "./find.js";

const PATIENCE = 30000;

/** @type {{ whose: string, until: number } | null} */
let expected = null;

/** @param {string} [whose] the talk that is come into */
export function expectCall(whose = "") {
  expected = { whose, until: performance.now() + PATIENCE };
}

/** Whose talk the next call was asked for, once; null where none is expected. */
export function takeExpected() {
  const found = expected && performance.now() < expected.until ? expected.whose : null;
  expected = null;
  return found;
}

document.addEventListener("command:refused", () => (expected = null));
document.addEventListener(
  "click",
  (event) => {
    const button = nearest(event, "[data-expects-call]", HTMLElement);
    if (button) expectCall(button.dataset.expectsCall);
  },
  { capture: true },
);
