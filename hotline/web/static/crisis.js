// The crisis panel. A flag is kept and sent again, with one key, until the server has it; meanwhile
// a red band says to ring the station by hand.

import { newKey, Refusal, send, sentenceOf } from "./api.js";
import { find } from "./find.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/**
 * One flag on its way. `alarm`: the number to ring by hand meanwhile.
 * @typedef {object} Flag
 * @property {string} call
 * @property {string} alarm
 * @property {{ level: FormDataEntryValue | null, summary: FormDataEntryValue, client_key: string }} body
 * @property {number} tries
 * @property {number} [timer]
 */

const AGAIN_MS = 3000;
const panel = find("#crisis", HTMLFormElement);
const band = find("#not-sent", HTMLElement);

/** @type {Set<Flag>} */
const unsent = new Set();

/** @param {HTMLElement} bar of the desk; it holds the call */
export function openCrisis(bar) {
  const call = bar.querySelector("[data-call]");
  if (!(call instanceof HTMLElement)) return;
  panel.dataset.call = call.dataset.call;
  panel.dataset.alarm = call.dataset.alarm ?? "";
  panel.hidden = false;
  find("[name=summary]", HTMLElement, panel).focus();
}

function close() {
  panel.hidden = true;
  panel.reset();
}

/** @param {Flag} flag */
function warn(flag) {
  band.hidden = false;
  const alarm = find("[data-alarm]", HTMLAnchorElement, band);
  alarm.textContent = flag.alarm;
  alarm.href = `tel:${flag.alarm.replaceAll("-", "")}`;
  find("[data-tries]", HTMLElement, band).textContent = t("已重试 %(n)s 次").replace("%(n)s", String(flag.tries));
  find("[data-phoned]", HTMLElement, band).hidden = flag.tries < 2;
}

/** @param {Flag} flag */
function sent(flag) {
  if (!unsent.delete(flag)) return; // two tries at once, and the other one came back first
  if (unsent.size === 0) band.hidden = true;
  toast(t("已上报，正在呼叫保护站值班人员。"));
}

/** @param {Flag} flag */
async function trySending(flag) {
  clearTimeout(flag.timer);
  try {
    await send("POST", `/calls/${flag.call}/flags`, flag.body, { key: flag.body.client_key });
    sent(flag);
  } catch (refusal) {
    if (unsent.has(flag)) tryAgainLater(flag, refusal);
  }
}

/**
 * @param {Flag} flag
 * @param {unknown} refusal
 */
function tryAgainLater(flag, refusal) {
  flag.tries += 1;
  warn(flag);
  if (!(refusal instanceof Refusal && refusal.passing)) toast(sentenceOf(refusal), "problem");
  clearTimeout(flag.timer);
  flag.timer = setTimeout(trySending, AGAIN_MS, flag);
}

panel.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = new FormData(panel);
  const body = { level: fields.get("level"), summary: fields.get("summary") ?? "", client_key: newKey() };
  const flag = { call: panel.dataset.call ?? "", alarm: panel.dataset.alarm ?? "", body, tries: 0 };
  unsent.add(flag);
  close();
  void trySending(flag);
});
find("[data-close]", HTMLElement, panel).addEventListener("click", close);
find("[data-again]", HTMLElement, band).addEventListener("click", () => unsent.forEach((flag) => void trySending(flag)));
find("[data-phoned]", HTMLElement, band).addEventListener("click", () => (band.hidden = true));
