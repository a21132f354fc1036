// Who was first, and why an act on an escalation helps nobody: the words of hotline/escalations.

import { timeOfDay } from "./clock.js";
import { t } from "./words.js";

/** @type {Record<string, () => string>} */
const DID = {
  acknowledged: () => t("确认接收了"),
  accepted: () => t("受理了"),
  given_back: () => t("退回了"),
  on_the_way: () => t("出发了"),
  contact_made: () => t("联系了孩子"),
  reported: () => t("反馈了"),
  closed: () => t("结案了"),
  handed_to: () => t("转给别的站了"),
  handed_over: () => t("从同事手里接过了"),
  reminded: () => t("督办了"),
  rung: () => t("要求马上呼叫了"),
  opened_again: () => t("重新打开了"),
};

/** @param {Record<string, unknown>} facts */
export function whoWasFirst({ who, did, at }) {
  const said = DID[String(did)]?.() ?? "";
  return t("{who} 在 {at} 已经{did}，没有重复做。请看一眼再决定。", { who: String(who), at: timeOfDay(String(at)), did: said });
}

/** @type {Record<string, () => string>} */
export const NOT_NOW = {
  nobody_to_ring: () => t("没有可以呼叫的人：请转给别的工作站。"),
  not_in_chain: () => t("这一位不在负责的人之中：请选别人。"),
  rings_now: () => t("这部电话正在响：请等一等，或呼叫别人。"),
  rung_just_now: () => t("半分钟内刚呼叫过这部电话：请等一等，或呼叫别人。"),
  theirs_already: () => t("已经由这个站负责：请选别的站。"),
  no_station: () => t("没有这个工作站：请从列表里选。"),
  nobody_there: () => t("这个站和它的上级都没有可以呼叫的人：请选别的站。"),
  nobody_has_it: () => t("还没有人接收，无人可督办：请马上呼叫。"),
  other_alarm: () => t("同一通电话有另一个未结案的上报，由它负责。"),
};
