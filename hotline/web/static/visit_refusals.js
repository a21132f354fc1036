// Why a colour or a visit was not taken: the words of hotline/visits/refusals.

import { t } from "./words.js";

/** @type {Record<string, () => string>} */
export const NOT_SO = {
  no_such_colour: () => t("没有这种颜色：请从列表里选。"),
  say_why: () => t("请写明理由。"),
  another_colour: () => t("和建议的颜色不同：请写明理由。"),
  ahead: () => t("走访时间在以后：请改成您到那里的时间。"),
  too_early: () => t("走访时间早于个案建立：请改成您到那里的时间。"),
  no_division: () => t("没有这个区划：请从列表里选。"),
  no_such_day: () => t("下次走访不能在过去，也不能在一年以后。"),
  return_ahead: () => t("回去的日子不能在以后。"),
  months: () => t("跟踪的月数不在规定的范围内。"),
  months_over: () => t("这几个月已经过去了。"),
};
