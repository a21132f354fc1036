// Why something on the roster cannot be so, and the nearest fix: the words of hotline/roster/refusals.

import { t } from "./words.js";

/** @typedef {{ begins_at: string, ends_at: string, people: { name: string }[] }} Fix */

const HERE = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false,
});

/** @param {Fix} fix */
function said(fix) {
  const when = HERE.format(new Date(fix.begins_at));
  const names = fix.people.map(({ name }) => name).join(" / ");
  if (!names) return t("{when} 起没有人能接：请先另排一班。", { when });
  return t("{when} 起可以由 {names} 接：请先排好。", { when, names });
}

/**
 * What a change would open, or has opened, and who could close it.
 * @param {Record<string, unknown>} facts
 */
export function nearestFix(facts) {
  const fixes = /** @type {Fix[]} */ (Array.isArray(facts.fixes) ? facts.fixes : []);
  const elsewhere = facts.elsewhere ? t("另一条线路也会缺人：请告诉那里的督导。") : "";
  return fixes.slice(0, 2).map(said).join("") + elsewhere;
}

/**
 * Who decides what one wishes for oneself.
 * @param {Record<string, unknown>} facts
 */
function whomToAsk(facts) {
  const people = /** @type {{ name: string }[]} */ (Array.isArray(facts.ask) ? facts.ask : []);
  const names = people.map(({ name }) => name).join(" / ");
  const other = names ? t("请找 {names}。", { names }) : t("这条线路没有别的督导：请管理员加一位。");
  return t("这是您自己的申请，要由别的督导决定。") + other;
}

/** @type {Record<string, (facts: Record<string, unknown>) => string>} */
export const NOT_ON_ROSTER = {
  opens_hole: (facts) => t("这样有的时段会没有人能帮来电者，没有改动。") + nearestFix(facts),
  not_of_line: () => t("这个人不接这些线路，或账号已停用。"),
  has_shift: () => t("这个人那时已经有班：请先改那一班。"),
  is_away: () => t("这个人那时休假：请排别人，或换个时间。"),
  over: () => t("这已经过去，不能再改。"),
  not_yours: () => t("这不是您的班：只有本人可以这样做。"),
  your_own: () => t("这是您自己的班：要由同事来接。"),
  offered_already: () => t("这一班已经请同事接了。"),
  your_own_wish: whomToAsk,
  has_faults: () => t("文件里有错，什么都没有排：请改好指出的格子，再导入。"),
};
