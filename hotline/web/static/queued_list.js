// What is queued, shown: which act, since when, why it is not sent, and what its person can do with it.

import { timeOfDay } from "./clock.js";
import { isAtRisk } from "./kept_acts.js";
import { t } from "./words.js";

/** @typedef {import("./kept_acts.js").Act} Act */
/** @typedef {"again" | "copy" | "as-comment" | "withdraw"} Choice */

/** @type {Record<string, () => string>} */
const NAMES = {
  acknowledge: () => t("确认接收"),
  accept: () => t("受理上报"),
  return: () => t("退回"),
  "on-the-way": () => t("出发"),
  "contact-made": () => t("联系情况"),
  report: () => t("反馈"),
  comment: () => t("补充说明"),
  close: () => t("结案"),
  rescue: () => t("救援方已接手"),
};

/** @param {Pick<Act, "what">} act */
export const nameOf = ({ what }) => NAMES[what]?.() ?? what;

/** @type {Record<string, () => string>} */
const STATES = {
  sent: () => t("正在发送…"),
  away: () => t("没有网络，或热线没有应答。恢复后自动发送，您可以继续操作，也可以关掉这一页。"),
  "signed-out": () => t("登录已过期。请重新登录，会自动发送。"),
  "somebody-else": () => t("这个浏览器现在登录的是别人。请您重新登录，会自动发送。"),
};

/**
 * @param {string} choice
 * @param {string} word
 */
function button(choice, word) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.dataset.choice = choice;
  made.dataset.testid = `queued-${choice}`;
  made.textContent = word;
  return made;
}

/**
 * What is left to do with an act that was refused: what was written is never lost.
 * @param {Act} act
 */
function choicesFor(act) {
  const withdraw = button("withdraw", act.refused ? t("不再发送") : t("撤回"));
  if (!act.refused) return [withdraw];
  const words = act.hasWords ? [button("copy", t("复制写的内容"))] : [];
  const comment = act.hasWords && act.what !== "comment" ? [button("as-comment", t("改作补充说明发送"))] : [];
  return [...words, ...comment, button("again", t("看过了，仍要发送")), withdraw];
}

/**
 * @param {Act} act
 * @param {boolean} isHeld something before it was refused
 */
function sayingOf(act, isHeld) {
  if (act.refused) return t("没有发送“{what}”：{why}", { what: nameOf(act), why: act.refused });
  return isHeld ? t("前面一项没有发送，这一项先等您决定。") : t("已排队，恢复后自动发送");
}

/**
 * @param {keyof HTMLElementTagNameMap} name
 * @param {string} className
 * @param {string} [words]
 */
function element(name, className, words = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = words;
  return made;
}

/**
 * @param {Act} act
 * @param {boolean} isHeld
 * @param {(choice: Choice, act: Act) => void} chosen
 */
function entryOf(act, isHeld, chosen) {
  const entry = element("li", "well row-apart queued-act");
  entry.dataset.testid = "queued";
  entry.dataset.what = act.what;
  entry.dataset.state = act.refused ? "refused" : isHeld ? "held" : "waiting";
  const at = timeOfDay(new Date(act.at).toISOString());
  const what = element("b", "", t("{what} · 上报 {number} · {at}", { what: nameOf(act), number: act.number, at }));
  const told = element("div", "grow");
  told.append(what, element("p", "small", sayingOf(act, isHeld)));
  const row = element("div", "row");
  row.append(...choicesFor(act));
  row.addEventListener("click", ({ target }) => {
    const choice = target instanceof HTMLElement ? target.dataset.choice : undefined;
    if (choice) chosen(/** @type {Choice} */ (choice), act);
  });
  entry.append(told, row);
  return entry;
}

/**
 * Which of them wait behind one that was refused.
 * @param {Act[]} acts
 */
function heldIn(acts) {
  const stopped = new Set(acts.filter((act) => act.refused).map((act) => act.escalation));
  return acts.filter((act) => !act.refused && stopped.has(act.escalation));
}

/**
 * @param {HTMLElement} card
 * @param {Act[]} acts
 * @param {string} state of the sender
 * @param {(choice: Choice, act: Act) => void} chosen
 */
export function showQueue(card, acts, state, chosen) {
  card.hidden = acts.length === 0;
  const held = heldIn(acts);
  const said = card.querySelector("[data-queue-state]");
  const risk = isAtRisk() ? t("这个浏览器留不住它们，请不要关掉这一页。") : "";
  const isWaiting = acts.some((act) => !act.refused && !held.includes(act));
  if (said) said.textContent = [isWaiting ? (STATES[state]?.() ?? "") : "", risk].filter(Boolean).join(" ");
  card.querySelector("[data-queue]")?.replaceChildren(...acts.map((act) => entryOf(act, held.includes(act), chosen)));
}
