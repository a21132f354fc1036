// A counselor wants a supervisor: the floor rings once for each who is new on it.

import { findAll } from "./find.js";
import { startRing } from "./ring.js";

const RINGS_FOR = 6000;

/** @param {HTMLElement} floor */
export function mount(floor) {
  /** @type {Set<string>} */
  let known = new Set();

  function look() {
    const now = new Set(findAll("[data-help]", HTMLElement, floor).map(({ dataset }) => dataset.help ?? ""));
    if ([...now].some((one) => !known.has(one))) startRing(true, RINGS_FOR);
    known = now;
  }
  look();
  floor.addEventListener("floor:drawn", look);
  return () => floor.removeEventListener("floor:drawn", look);
}
