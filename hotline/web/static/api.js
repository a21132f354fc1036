// Commands: JSON to /api/v1 with the header that proves our own page asks, and a key against
// doing a thing twice. Raises Refusal with a sentence that people may read.

import { NOT_NOW, whoWasFirst } from "./acts_done.js";
import { HINDRANCES } from "./hindrances.js";
import { NOT_ON_ROSTER } from "./roster_refusals.js";
import { NOT_SO } from "./visit_refusals.js";
import { t } from "./words.js";

const PATIENCE = 10000;
const SENT_ON_BEHIND = 8000; // letters, each of up to three bytes

/** @type {Record<string, (facts: Record<string, unknown>) => string>} */
const SENTENCES = {
  NotSignedIn: () => t("登录已过期。您写的内容仍在，请在新窗口登录后再试一次。"),
  WrongPassword: () => t("用户名或密码不对，请再试一次，或找督导。"),
  WrongCode: () => t("验证码不对，或已经用过。请等手机上的下一个，或用一个恢复码。"),
  HalfWayOver: () => t("等得太久，或错得太多，请从密码重新开始。"),
  ConfirmIdentity: () => t("没有确认是您本人，什么都没有做。"),
  PasswordsOff: () => t("这里只用单位账号登录，不用密码。"),
  ProviderAway: () => t("单位账号的服务没有应答，请稍后再试一次。"),
  Forbidden: () => t("您的角色不能这样做，请找督导。"),
  NotFound: () => t("它不存在，或者不归您查看。"),
  RecordChanged: () => t("别处已存了新的一版，什么都没有覆盖。看过那一版后，再按保存。"),
  RecordUnfinished: () => t("记录还没写完：请补上必填的内容，或选“稍后补写”。"),
  SomebodyElse: () => t("这个浏览器现在登录的是别人，没有用别人的名字保存。请您重新登录，会自动保存。"),
  Conflict: () => t("情况刚刚有变，请看一眼再决定。"),
  IllegalMove: () => t("现在的状态不能这样做，请先完成手上的事。"),
  "BreakNotSwapped away": () => t("没有对调：有一位正在休息、已离岗或已下班。"),
  "BreakNotSwapped no_line_in_common": () => t("没有对调：两人没有共同的热线，谁也不用等谁。"),
  "BreakNotSwapped not_later": () => t("没有对调：对方本来就排在前面。"),
  "BreakNotSwapped put_off_too_long": () => t("没有对调：休息会推得太晚。一次休息只能让一次，而且只能让给稍后就到点的人。"),
  LocksYouOut: () => t("这会停用您自己的账号，或去掉管理员角色，之后就无法在这里恢复。请由另一位管理员来改。"),
  "SoundRefused no_wav": () => t("这不是能用的声音文件，没有保存。"),
  "SoundRefused other_form": () => t("这不是能用的声音文件，没有保存。"),
  "SoundRefused silent": () => t("没有录到声音，没有保存：请检查麦克风再录一次。"),
  "SoundRefused too_short": () => t("没有录到声音，没有保存：请检查麦克风再录一次。"),
  "SoundRefused too_long": () => t("超过一分钟，没有保存：请录短一些。"),
  GuardianIsBlocked: () => t("该号码属于疑似加害的监护人：不拨打、不发短信。请用别的方式联系孩子，后续由督导决定。"),
  OfferGone: () => t("这通来电已由他人接起或已结束，您无需再做什么。"),
  TooManyTries: () => t("这里输错密码太多次：请等一刻钟，或换一台登录过的电脑。"),
  TooBusy: () => t("请求太多，请稍等几秒再试。"),
  NotStored: () => t("没有保存：数据库暂时没有回应，请再试一次。"),
  MayBeStored: () => t("数据库在保存时没有回应，可能已保存，也可能没有。请再试一次，同一个操作不会做两遍。"),
  DatabaseAway: () => t("数据库暂时没有回应，请稍后再试一次。"),
  KeyReused: () => t("这个操作已经做过了。"),
  "GroupRefused suspect": () => t("这是疑似加害人的姓名或号码：不能邀请，也不会发送任何内容。"),
  "GroupRefused over": () => t("已不是小组成员：要再参加，请重新邀请。"),
  "GroupRefused only_narrower": () => t("只能减少，不能增加：要给他看更多，请重新邀请。"),
  "GroupRefused locked": () => t("链接已锁：请先发送新链接。"),
  "GroupRefused case_closed": () => t("个案已结案：请先重新打开，再邀请。"),
  SomebodyWasFirst: whoWasFirst,
  ...Object.fromEntries(Object.entries(NOT_NOW).map(([word, say]) => [`EscalationRefused ${word}`, say])),
  ...Object.fromEntries(Object.entries(HINDRANCES).map(([word, say]) => [`ActRefused ${word}`, say])),
  ...Object.fromEntries(Object.entries(NOT_ON_ROSTER).map(([word, say]) => [`RosterRefused ${word}`, say])),
  ...Object.fromEntries(Object.entries(NOT_SO).map(([word, say]) => [`VisitRefused ${word}`, say])),
};

/** What the server, or the way to it, answered. `status` is 0 where nothing came back. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} kind
   * @param {string} sentence
   * @param {Record<string, unknown>} [facts] what the server said beside it
   */
  constructor(status, kind, sentence, facts = {}) {
    super(sentence);
    this.status = status;
    this.kind = kind;
    this.facts = facts;
  }

  /** Asking again may help. */
  get passing() {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

/**
 * What people are told of a fault that was caught.
 * @param {unknown} fault
 */
export function sentenceOf(fault) {
  return fault instanceof Error ? fault.message : String(fault);
}

/** 128 random bits. Unlike randomUUID it also exists on plain http in a local network. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @typedef {{ type?: string, detail?: string, reason?: string, said?: string } & Record<string, unknown>} Problem */

/**
 * Our own sentence for a refusal; undefined where there is none. Words that few need are fetched.
 * @param {Problem} problem
 */
async function ownWords(problem) {
  const kind = problem.type ?? "";
  if (problem.said) return problem.said;
  const say = SENTENCES[`${kind} ${problem.reason}`] ?? SENTENCES[kind];
  if (say) return say(problem);
  if (kind !== "HandOverRefused") return undefined;
  return import("./handover_words.js").then((words) => words.whyRefused(problem.reason), () => undefined);
}

/** @param {Response} answer */
export async function refusalOf(answer) {
  /** @type {Problem} */
  const problem = await answer.json().catch(() => ({}));
  const ours = await ownWords(problem);
  const spoken = document.documentElement.lang === "en" ? problem.detail : undefined;
  const fallback = t("我们这边出了差错，可能没有保存。请看一眼，再试一次。");
  const read = answer.status === 422 ? t("内容不完整或不合规定，请检查后再试。") : fallback;
  return new Refusal(answer.status, problem.type ?? "", ours ?? spoken ?? read, problem);
}

/**
 * @param {Response} answer
 * @returns {Promise<unknown>}
 */
async function bodyOf(answer) {
  const type = answer.headers.get("content-type") ?? "";
  if (answer.headers.get("content-disposition")?.startsWith("attachment")) return answer.blob();
  return answer.status !== 204 && type.includes("json") ? answer.json() : null;
}

// What no text may hold (hotline/texts.py): control characters and halves of characters. They come
// with pasted text, nobody sees them, and a flag must not be refused for one.
const UNFIT = /(?![\t\n\r])\p{Control}|\p{Surrogate}/gu;

/**
 * @param {string} _name
 * @param {unknown} value
 */
function storable(_name, value) {
  return typeof value === "string" ? value.replace(UNFIT, " ") : value;
}

/**
 * A file goes as it is; all else as JSON. What is large cannot be sent on behind a page that closes:
 * a browser takes 64 KB of all of it together, and refuses the rest as if there were no network.
 * @param {string} method
 * @param {unknown} body
 * @returns {Pick<RequestInit, "body" | "keepalive"> & { type: string }}
 */
function enveloped(method, body) {
  if (body instanceof Blob) return { body, type: body.type, keepalive: false };
  const text = body === undefined ? undefined : JSON.stringify(body, storable);
  const isShort = (text?.length ?? 0) < SENT_ON_BEHIND;
  return { body: text, type: "application/json", keepalive: method !== "GET" && isShort };
}

/**
 * Carries out one command; what was answered, null for nothing. Raises Refusal. Where the server
 * wants to know first who it is, a dialog asks, and then it goes on.
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @param {{ key?: string, patience?: number }} [options] `key`: the same for every try of one command;
 *   `patience` in milliseconds
 */
export async function send(method, path, body, { key = newKey(), patience = PATIENCE } = {}) {
  try {
    return await sendOnce(method, path, body, { key, patience });
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.kind !== "ConfirmIdentity") throw refusal;
    const { confirmIdentity } = await import("./confirm_identity.js");
    if (!(await confirmIdentity(refusal.facts))) throw refusal;
    return sendOnce(method, path, body, { key, patience });
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {{ key: string, patience: number }} options
 */
async function sendOnce(method, path, body, { key, patience }) {
  const { type, ...envelope } = enveloped(method, body);
  let answer;
  try {
    answer = await fetch(`${document.documentElement.dataset.root}/api/v1${path}`, {
      method,
      headers: { "Content-Type": type, Accept: "application/json", "X-Hotline": "1", "Idempotency-Key": key },
      signal: AbortSignal.timeout?.(patience),
      ...envelope,
    });
  } catch {
    throw new Refusal(0, "Unreachable", t("网络不通，什么都没有丢失，请稍后再试一次。"));
  }
  if (!answer.ok) throw await refusalOf(answer);
  return bodyOf(answer);
}
