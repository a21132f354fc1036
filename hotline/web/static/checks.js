// The device check beside an idle desk: live connection, softphone, microphone, bell.

import { allowMicrophone, tryBell } from "./desk.js";
import { mountDevices } from "./devices.js";
import { find } from "./find.js";
import { t } from "./words.js";

/** @type {Record<string, () => string>} */
const WORDS = { good: () => t("正常"), wait: () => t("连接中"), bad: () => t("没有连上") };
/** @type {Record<string, () => string>} */
const PHONES = {
  elsewhere: () => t("在另一个窗口"),
  replaced: () => t("在另一台电脑或浏览器"),
  none: () => t("没有配置"),
  own: () => t("用自己的电话接听"),
};

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
function showPhone(list) {
  const state = document.body.dataset.phone ?? "wait";
  const special = PHONES[state];
  if (special) show(list, "phone", state === "own" ? "good" : "bad", special());
  else show(list, "phone", state);
}

/** @type {Record<string, { health: string, word?: () => string }>} */
const MICROPHONES = {
  granted: { health: "good" },
  prompt: { health: "wait", word: () => t("需要允许使用麦克风") },
  silent: { health: "bad", word: () => t("没有声音，请检查静音键和插头") },
  missing: { health: "bad", word: () => t("没有找到麦克风") },
};
const REFUSED = { health: "bad", word: () => t("需要允许使用麦克风") };

/** @param {HTMLElement} list */
async function showMicrophone(list) {
  const asked = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
  const state = document.body.dataset.microphone ?? asked?.state ?? "prompt";
  const { health, word } = MICROPHONES[state] ?? REFUSED;
  find("[data-allow]", HTMLElement, list).hidden = ["granted", "silent"].includes(state);
  show(list, "microphone", health, word?.());
}

/** Enter must find the call and not the button that was pressed last. */
function leaveButton() {
  find("#main", HTMLElement, document).focus({ preventScroll: true });
}

/**
 * Called by the shell when the page is there; returns how to let go of it.
 * @param {HTMLElement} list
 */
export function mount(list) {
  const look = () => {
    show(list, "live", document.body.dataset.live ?? "wait");
    showPhone(list);
    void showMicrophone(list);
  };
  const allow = () => allowMicrophone().then(look, look); // refused is an answer too: the list shows it
  const tryIt = () => {
    tryBell();
    show(list, "bell", "good", t("听到了就正常"));
    leaveButton();
  };
  find("[data-allow]", HTMLElement, list).addEventListener("click", () => void allow().then(leaveButton));
  find("[data-try-bell]", HTMLElement, list).addEventListener("click", tryIt);
  show(list, "bell", "wait", t("点试听，确认听得到"));
  const timer = setInterval(look, 1000);
  const devices = list.querySelector("[data-devices]");
  const letGo = devices instanceof HTMLDetailsElement ? mountDevices(devices) : () => {};
  look();
  return () => {
    clearInterval(timer);
    letGo();
  };
}
