// Parts of a page that the server draws and sends when something has changed: one stream of HTML,
// made what is shown by idiomorph, so that nothing moves that did not change. Of a part that was sent
// before, only new rows of its text come, and the places of those that stay.

import { paint } from "./clock.js";

/** @typedef {{ at: string, rows: string[] }} Held */

const QUIET = 25000; // the server says something at least every 10 s: this long a silence is a dead connection
const AGAIN = 2000;

/**
 * @param {(string | [number, number])[]} pieces a new row, or from where to before where they stay
 * @param {string[]} before
 */
function madeOf(pieces, before) {
  return pieces.flatMap((piece) => (typeof piece === "string" ? [piece] : before.slice(...piece)));
}

/** The parts of a page, each as the server has sent it. */
class HeldParts {
  /** @type {Map<string, Held>} */
  #held = new Map();

  /** @param {(part: HTMLElement) => void} drawn after each part */
  constructor(drawn) {
    this.drawn = drawn;
  }

  /** @param {string} data of a part that came whole */
  whole(data) {
    const { part, at, html } = JSON.parse(data);
    this.#show(part, { at, rows: html.split("\n") });
  }

  /**
   * @param {string} data
   * @returns {boolean} false where something before it was missed
   */
  rows(data) {
    const { part, at, of, rows } = JSON.parse(data);
    const before = this.#held.get(part);
    if (!before || before.at !== of) return false;
    this.#show(part, { at, rows: madeOf(rows, before.rows) });
    return true;
  }

  /**
   * @param {string} part
   * @param {Held} now
   */
  #show(part, now) {
    this.#held.set(part, now);
    const place = document.getElementById(`floor-${part}`);
    if (!place) return;
    window.Idiomorph.morph(place, now.rows.join("\n"), { morphStyle: "innerHTML" });
    paint(); // a row that stayed came with the time of then
    window.htmx.process(place);
    this.drawn(place);
    place.dispatchEvent(new CustomEvent("floor:drawn", { bubbles: true }));
  }
}

/**
 * Listens until the returned function is called.
 * @param {HTMLElement} page whose `data-feed` is the address
 * @param {(part: HTMLElement) => void} drawn after each part
 */
export function follow(page, drawn) {
  /** @type {EventSource | null} */
  let source = null;
  let heardAt = performance.now();
  const parts = new HeldParts(drawn);

  /** @param {MessageEvent<string>} event */
  function heard({ type, data }) {
    heardAt = performance.now();
    if (type === "part") parts.whole(data);
    else if (type === "rows" && !parts.rows(data)) connect(); // from the beginning
  }

  function connect() {
    source?.close();
    heardAt = performance.now();
    source = new EventSource(page.dataset.feed ?? "");
    for (const name of ["part", "rows", "now"]) source.addEventListener(name, heard); // now: nothing has changed
    source.addEventListener("open", () => (heardAt = performance.now()));
  }

  function look() {
    const isOver = source?.readyState === EventSource.CLOSED; // the browser gave up, we do not
    if (isOver || performance.now() - heardAt > QUIET) connect();
  }

  connect();
  const looking = setInterval(look, AGAIN);
  return () => {
    clearInterval(looking);
    source?.close();
  };
}
