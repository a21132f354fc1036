// Which station is to answer, by name: what fits is offered while it is written. What is written is
// sent as it stands, and the server knows the place without it: a flag never waits for this.

import { send } from "./api.js";
import { find } from "./find.js";

const PAUSE = 150;

/** @typedef {{ id: string, name: string, name_en: string, division: string }} Station */

const english = document.documentElement.lang === "en";

/** @param {Station} station */
function optionOf(station) {
  const option = document.createElement("option");
  option.value = english ? station.name_en : station.name;
  return option;
}

/** @param {HTMLInputElement} field */
export function offerStations(field) {
  const list = find("#stations-found", HTMLDataListElement);
  let timer = 0;
  let asked = 0;
  async function ask() {
    const turn = ++asked;
    const found = await send("GET", `/stations?query=${encodeURIComponent(field.value)}`).catch(() => null);
    if (Array.isArray(found) && turn === asked) list.replaceChildren(...found.map(optionOf));
  }
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE);
  });
}
