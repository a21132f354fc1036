// How the sound of a talk comes through, beside the softphone's button. Known where the maker of the
// phone measures it; otherwise shown as unknown, not as good.

import { find } from "./find.js";
import { toast, unsay } from "./toast.js";
import { t } from "./words.js";

/** @typedef {"unknown" | "good" | "poor" | "bad" | "silent" | "lost"} Quality */

const ABOUT = "quality";
/** @type {Record<Quality, () => string>} */
const WORDS = {
  unknown: () => t("音质未知"),
  good: () => t("音质好"),
  poor: () => t("音质一般"),
  bad: () => t("音质差"),
  silent: () => t("麦克风没有声音"),
  lost: () => t("通话正在重连"),
};
/** @type {Partial<Record<Quality, () => string>>} */
const SENTENCES = {
  bad: () => t("网络不稳，来电者可能听不清您。请靠近路由器、改用网线，或关掉其他占网络的程序。"),
  silent: () => t("您的麦克风没有声音，来电者可能听不到您。请检查耳机上的静音键和插头。"),
  lost: () => t("通话的线路断了，正在重连，请不要关闭这一页。"),
};

const sign = find("#phone-quality", HTMLElement);

/** @param {Quality | null} quality null: nobody talks */
export function showQuality(quality) {
  if (sign.dataset.quality === (quality ?? "")) return;
  sign.dataset.quality = quality ?? "";
  sign.hidden = quality === null;
  sign.textContent = quality ? WORDS[quality]() : "";
  const sentence = quality && SENTENCES[quality];
  if (sentence) toast(sentence(), "problem", ABOUT);
  else unsay(ABOUT);
}

document.body.addEventListener("phone:quality", ({ detail }) => showQuality(detail.quality));
