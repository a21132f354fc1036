// The crisis panel. A flag is kept and sent again, with one key, until the house has it; meanwhile
// a red band says to ring the station by hand.

import { newKey, send } from "./api.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const AGAIN_MS = 3000;
const panel = document.getElementById("crisis");
const band = document.getElementById("not-sent");
let pending = null;

export function openCrisis(bar) {
  const call = bar.querySelector("[data-call]");
  if (!call) return;
  panel.dataset.call = call.dataset.call;
  panel.dataset.alarm = call.dataset.alarm ?? "";
  panel.hidden = false;
  panel.querySelector("[name=summary]").focus();
}

function close() {
  panel.hidden = true;
  panel.reset();
}

function warn() {
  band.hidden = false;
  const alarm = band.querySelector("[data-alarm]");
  alarm.textContent = pending.alarm;
  alarm.href = `tel:${pending.alarm.replaceAll("-", "")}`;
  band.querySelector("[data-tries]").textContent = t("已重试 %(n)s 次").replace("%(n)s", pending.tries);
  band.querySelector("[data-phoned]").hidden = pending.tries < 2;
}

function sent() {
  pending = null;
  band.hidden = true;
  toast(t("已上报，正在呼叫保护站值班人员。"));
}

async function trySending() {
  const flag = pending;
  if (!flag) return;
  clearTimeout(flag.timer);
  try {
    await send("POST", `/calls/${flag.call}/flags`, flag.body, { key: flag.body.client_key });
    if (pending === flag) sent();
  } catch (refusal) {
    flag.tries += 1;
    warn();
    if (!refusal.passing) toast(refusal.message, "problem");
    flag.timer = setTimeout(trySending, AGAIN_MS);
  }
}

panel.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = new FormData(panel);
  const body = { level: fields.get("level"), summary: fields.get("summary") ?? "", client_key: newKey() };
  pending = { call: panel.dataset.call, alarm: panel.dataset.alarm, body, tries: 0, timer: null };
  close();
  trySending();
});
panel.querySelector("[data-close]").addEventListener("click", close);
band.querySelector("[data-again]").addEventListener("click", trySending);
band.querySelector("[data-phoned]").addEventListener("click", () => (band.hidden = true));
