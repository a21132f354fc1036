// Why something is no consent, or a hand-over is carried by nothing: the words of
// hotline/handovers/refusals.py. Fetched when one is refused.

import { t } from "./words.js";

/** @type {Record<string, () => string>} */
const WORDS = {
  in_the_future: () => t("同意或撤回的时间不能在将来。"),
  before_given: () => t("撤回的时间不能早于同意的时间。"),
  no_scope: () => t("请写明给谁、为什么、哪些信息：笼统的同意不算同意。"),
  which_call: () => t("请选是在这个个案的哪一通电话里说的。"),
  which_person: () => t("请选个案里现在的一位，或来电者。"),
  not_heard: () => t("请记下孩子怎么想，或没有问孩子以及原因。"),
  why_not_asked: () => t("请写为什么没有问孩子。"),
  wrong_self: () => t("“本人”只能是孩子本人的同意，监护人请选关系。"),
  no_data: () => t("请写明提供哪些信息。"),
  no_body: () => t("请写明提供给谁。"),
  no_consent: () => t("请指明依据的是哪一份同意。"),
  another_case: () => t("这份同意属于另一个个案。"),
  withdrawn: () => t("这份同意已撤回：请重新征求，或换一个依据。"),
  suspected: () => t("这位监护人疑似加害，其同意不算数：可以用另一位监护人的同意、法定职责或紧急情况。"),
  guardian_first: () => t("不满 14 岁或年龄未知：要监护人同意。没有时，只有法定职责或紧急情况才能提供。"),
  not_a_guardians: () => t("这不是监护人的同意，请按本人同意。"),
  not_the_persons: () => t("这是监护人的同意，请按监护人同意。"),
  too_far: () => t("同意的范围没有这么大：请征求包含这个机构、用途和信息的同意，或换一个依据。"),
  no_article: () => t("请指明哪一条法律要求提供。"),
  no_emergency: () => t("紧急情况要有高风险或即刻危险的上报，或督导决定；否则请用同意或法定职责。"),
  before_handed: () => t("告知的时间不能早于提供的时间，也不能在将来。"),
  why_not_told: () => t("请写为什么不告知本人。"),
};

/**
 * The sentence for a reason; undefined where it is not known.
 * @param {unknown} reason
 */
export function whyRefused(reason) {
  return WORDS[String(reason)]?.();
}
