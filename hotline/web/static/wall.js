// The wall: what it shows comes by a stream. Lines that have no room on one screen are shown in pages
// that turn by themselves.

import { findAll } from "./find.js";
import { follow } from "./part_feed.js";

const SHOWN_FOR = 12000;

/** @param {HTMLElement} wall */
export function mount(wall) {
  let turn = 0;

  function show() {
    const pages = findAll("[data-wall-page]", HTMLElement, wall);
    const at = pages.length ? turn % pages.length : 0;
    for (const [number, page] of pages.entries()) page.hidden = number !== at;
    for (const word of findAll("[data-of]", HTMLElement, wall)) {
      const said = word.dataset.of ?? "";
      word.textContent = said.replace("{page}", String(at + 1)).replace("{pages}", String(pages.length));
    }
  }

  const leave = follow(wall, show);
  const turning = setInterval(() => {
    turn += 1;
    show();
  }, SHOWN_FOR);
  show();
  return () => {
    clearInterval(turning);
    leave();
  };
}
