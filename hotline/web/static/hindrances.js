// Why an act of a supervisor is not possible: the words of hotline/directing/hindrances.py.

import { t } from "./words.js";

/** @type {Record<string, () => string>} */
export const HINDRANCES = {
  not_waiting: () => t("这位来电者已经不在等候：已被接听，或已离开。"),
  stands_there: () => t("这位来电者本来就在那里等，没有改动。"),
  not_on_duty: () => t("这位咨询员不在岗：不能让人等一个不在的人。"),
  not_of_line: () => t("这位咨询员不接那条线路。"),
  not_served: () => t("那条线路已关闭或已转走：请选别的线路，或先恢复它。"),
  danger_first: () => t("有危险的来电者已经排在所有人之前。"),
  first_already: () => t("这位来电者已经是本线路的第一位。"),
  in_danger: () => t("这位来电者已经是紧急。"),
  moved_since: () => t("这位来电者后来又被移动过，请先看现在在哪里等。"),
  same_line: () => t("不能转到同一条线路。"),
  not_served_here: () => t("这条线路已经关闭或转走：请先恢复。"),
  takes_anothers: () => t("别的线路正转到这一条：请先恢复那条线路。"),
  open: () => t("这条线路正常接听中，不用恢复。"),
  opened_since: () => t("这条线路后来已经恢复。"),
  in_call: () => t("对方正在通话：请等通话结束。"),
  rung_for_danger: () => t("有危险的来电者正在呼叫对方：请等有人接听。"),
  writes: () => t("对方正在整理记录：写完后会自己就绪。"),
  rests: () => t("对方正在休息，时间到了会自己就绪。"),
  not_at_desk: () => t("对方没有打开工作台，来电不会有人听见。"),
  so_already: () => t("对方本来就是这样，没有改动。"),
  changed_since: () => t("对方后来自己改过，没有撤销。"),
  wrote: () => t("对方当时在整理记录，不能退回去：请改为设为就绪。"),
  unreadable: () => t("对方的账号资料有误，请找管理员。"),
  no_language: () => t("这样对方一种语言都不会，就接不到来电了。"),
  phone_rings: () => t("对方的电话正在响：请稍等片刻再试。"),
  not_then: () => t("只能设到七天之内的某个时间。"),
  off_duty: () => t("对方不在岗：请选到什么时候为止。"),
  ended_since: () => t("这项调整已经自己结束，或后来又改过。"),
  nobody_there: () => t("没有别人在岗，不会有人看到。"),
  all_read: () => t("大家都已经读过了。"),
  undone_already: () => t("这已经撤销过了。"),
  one_way: () => t("已知的危险不能撤回，由接听的人重新判断。"),
};
