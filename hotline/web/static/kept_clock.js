// The server's time where no server tells it: a page that a phone kept is hours old, and its clock
// would begin again where it was drawn. By how much the phone's own clock is wrong is kept instead.

import { now, setNow } from "./clock.js";

const KEPT = "hotline.clock";

/** As the phone believes, in milliseconds since 1970. */
const phones = () => new Date().getTime();

/** The server has just told its time: how wrong the phone is. */
export function compareClocks() {
  localStorage.setItem(KEPT, String(now() - phones()));
}

/** The present, as far as it can be known without a network; a phone may have slept meanwhile. */
export function here() {
  return phones() + Number(localStorage.getItem(KEPT) ?? 0);
}

/** From here on the clocks of the page go by the phone's. */
export function goOnAlone() {
  setNow(new Date(here()).toISOString());
}
