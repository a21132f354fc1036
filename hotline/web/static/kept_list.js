// At rest: of which calls something is kept in this browser that is not with the server. Opening the
// record brings it back and saves it.

import { timeOfDay } from "./clock.js";
import { find } from "./find.js";
import { draftsLeftBy } from "./kept_drafts.js";
import { t } from "./words.js";

/**
 * @param {string} href
 * @param {number} at
 */
function entryOf(href, at) {
  const [entry, when, link] = [document.createElement("li"), document.createElement("span"), document.createElement("a")];
  when.className = "grow";
  when.textContent = t("最后写于 {time}", { time: timeOfDay(new Date(at).toISOString()) });
  link.className = "button";
  link.href = href;
  link.textContent = t("找回并保存");
  entry.append(when, link);
  return entry;
}

/** @param {HTMLElement} card */
async function show(card) {
  const { owner = "", calls = "" } = card.dataset;
  const left = await draftsLeftBy(owner).catch(() => []);
  const newest = new Map(left.map(({ call, at }) => [call, at]));
  const entries = [...newest].map(([call, at]) => entryOf(`${calls}/${call}`, at));
  find("[data-kept]", HTMLElement, card).replaceChildren(...entries);
  card.hidden = entries.length === 0;
}

/**
 * @param {HTMLElement} card
 * @returns {() => void}
 */
export function mount(card) {
  const look = () => void show(card);
  document.addEventListener("record:closed", look); // the last words of the page before came to rest
  look();
  return () => document.removeEventListener("record:closed", look);
}
