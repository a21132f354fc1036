// What a softphone's fault means and what to do about it, in plain words. Codes are the carrier's.

import { t } from "./words.js";

/** @type {[codes: number[], sentence: () => string][]} */
const REASONS = [
  [[20104, 31205, 31207], () => t("它的通行证已过期，正在换新的；通话结束后自动重新连接。")],
  [
    [20101, 20102, 20103, 20151, 20157, 31201, 31202, 31203, 31204, 51007],
    () => t("运营商不认它的通行证。请告诉管理员核对运营商的 API Key 和服务器时间。"),
  ],
  [[31206], () => t("请求太多，运营商暂时不接。请等一分钟，不要反复刷新。")],
  [[31208, 31401], () => t("浏览器没有使用麦克风的权限。请在地址栏允许，再按重连。")],
  [[31402, 31008], () => t("麦克风打不开，可能被别的程序占用。请关掉它，再按重连。")],
  [[31003, 53405, 53407], () => t("声音过不去，多半是防火墙拦了。请换一个网络，或告诉管理员放行 UDP 端口。")],
  [[31000, 31005, 31009, 53000, 53001], () => t("到运营商的连接断了，多半是网络。请看网线或无线网络；恢复后会自动连上。")],
];

/**
 * Why no call rings here.
 * @param {number | null} code what the softphone said last; null where it said nothing
 * @param {number} tries how often it has been tried in vain
 */
export function troubleSentence(code, tries) {
  const said =
    tries > 1
      ? t("软电话没有连上，来电不会在这里响。已试 {n} 次，还在自动重试。", { n: tries })
      : t("软电话没有连上，来电不会在这里响。正在自动重试。");
  if (code === null) return said;
  const reason = REASONS.find(([codes]) => codes.includes(code))?.[1]() ?? t("软电话报告了一个错误，请把这个号码告诉管理员。");
  return `${said}${reason}${t("（{code}）", { code })}`;
}
