// The device check beside an idle desk: live connection, softphone, microphone, bell.

import { allowMicrophone, tryBell } from "./desk.js";
import { t } from "./words.js";

const WORDS = { good: () => t("正常"), wait: () => t("连接中"), bad: () => t("没有连上") };

function show(list, check, state, word = WORDS[state]()) {
  const item = list.querySelector(`[data-check=${check}]`);
  item.dataset.health = state;
  item.querySelector("[data-check-word]").textContent = word;
}

async function microphone(list) {
  const asked = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
  const state = document.body.dataset.microphone ?? asked?.state ?? "prompt";
  list.querySelector("[data-allow]").hidden = state === "granted";
  if (state === "granted") show(list, "microphone", "good");
  else show(list, "microphone", state === "prompt" ? "wait" : "bad", t("需要允许使用麦克风"));
}

/** Called by the shell when the page is there; returns how to let go of it. */
export function mount(list) {
  const look = () => {
    show(list, "live", document.body.dataset.live ?? "wait");
    show(list, "phone", document.body.dataset.phone ?? "wait");
    microphone(list);
  };
  list.querySelector("[data-allow]").addEventListener("click", () => allowMicrophone().finally(look));
  list.querySelector("[data-try-bell]").addEventListener("click", tryBell);
  show(list, "bell", "good", t("点试听，确认听得到"));
  const timer = setInterval(look, 1000);
  look();
  return () => clearInterval(timer);
}
