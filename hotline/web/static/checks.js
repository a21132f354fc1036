// The device check beside an idle desk: live connection, softphone, microphone, bell.

import { allowMicrophone, tryBell } from "./desk.js";
import { find } from "./find.js";
import { t } from "./words.js";

/** @type {Record<string, () => string>} */
const WORDS = { good: () => t("正常"), wait: () => t("连接中"), bad: () => t("没有连上") };

/**
 * @param {HTMLElement} list
 * @param {string} check
 * @param {string} state good, wait or bad
 * @param {string} [word]
 */
function show(list, check, state, word = WORDS[state]?.() ?? "") {
  const item = find(`[data-check=${check}]`, HTMLElement, list);
  item.dataset.health = state;
  find("[data-check-word]", HTMLElement, item).textContent = word;
}

/** @param {HTMLElement} list */
async function showMicrophone(list) {
  const asked = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
  const state = document.body.dataset.microphone ?? asked?.state ?? "prompt";
  find("[data-allow]", HTMLElement, list).hidden = state === "granted";
  if (state === "granted") show(list, "microphone", "good");
  else show(list, "microphone", state === "prompt" ? "wait" : "bad", t("需要允许使用麦克风"));
}

/**
 * Called by the shell when the page is there; returns how to let go of it.
 * @param {HTMLElement} list
 */
export function mount(list) {
  const look = () => {
    show(list, "live", document.body.dataset.live ?? "wait");
    show(list, "phone", document.body.dataset.phone ?? "wait");
    void showMicrophone(list);
  };
  const allow = () => allowMicrophone().then(look, look); // refused is an answer too: the list shows it
  find("[data-allow]", HTMLElement, list).addEventListener("click", () => void allow());
  find("[data-try-bell]", HTMLElement, list).addEventListener("click", tryBell);
  show(list, "bell", "good", t("点试听，确认听得到"));
  const timer = setInterval(look, 1000);
  look();
  return () => clearInterval(timer);
}
