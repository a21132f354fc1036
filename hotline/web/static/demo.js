// The guided page: signs each seat in, shows it, and ticks off what its own seats have done. What
// was there before the walk began, and what the cast does, is none of it.

import { sentenceOf } from "./api.js";
import { find, findAll } from "./find.js";
import { t } from "./words.js";

/**
 * The part of the floor that the steps are read off.
 * @typedef {object} Floor
 * @property {{ call_id: string, masked: string, state: string }[]} callers
 * @property {{ id: string, state: string }[]} escalations
 */

/** @typedef {{ presence: { state: string } | null }} Desk */

const stage = find(".demo", HTMLElement);
const state = find("#demo-state", HTMLElement);
const root = document.documentElement.dataset.root;
const steps = ["ready", "dial", "talk", "flag", "acknowledge"];
const BEFORE = "hotline.demo.before"; // in this tab: a page that is loaded again goes on with its walk
const AWAY = ["offline", "paused"];
const BUSY_FOR = 1000;

/** @type {Set<string>} */
const done = new Set();

/**
 * @param {DOMStringMap} seat
 * @param {number} tries that are left: a machine that has just begun may be busy
 * @returns {Promise<Response>}
 */
async function askIn(seat, tries = 5) {
  const answer = await fetch(`${root}/seat/${seat.seat}/api/v1/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Hotline": "1" },
    body: JSON.stringify({ username: seat.user, password: stage.dataset.password }),
  });
  if (answer.status < 500 || tries === 1) return answer;
  await new Promise((resolve) => setTimeout(resolve, BUSY_FOR));
  return askIn(seat, tries - 1);
}

/** @param {HTMLIFrameElement} frame */
async function signIn(frame) {
  const { seat, page } = frame.dataset;
  const answer = await askIn(frame.dataset);
  if (!answer.ok) throw new Error(`${seat}: ${answer.status}`);
  frame.src = `${root}/seat/${seat}${page}`;
}

/**
 * What was open when the walk began.
 * @param {Floor} floor
 * @returns {string[]}
 */
function idsBefore(floor) {
  const ids = [...floor.callers.map((one) => one.call_id), ...floor.escalations.map((one) => one.id)];
  const kept = sessionStorage.getItem(BEFORE);
  if (kept === null) sessionStorage.setItem(BEFORE, JSON.stringify(ids));
  return kept === null ? ids : JSON.parse(kept);
}

/**
 * What has happened so far. Steps never untick.
 * @param {Floor} floor
 * @param {Desk} desk
 */
function noteHappened(floor, desk) {
  const before = idsBefore(floor);
  const calls = floor.callers.filter((one) => one.masked === stage.dataset.child && !before.includes(one.call_id));
  const ours = calls.filter((caller) => caller.state !== "flow");
  const raised = floor.escalations.filter((one) => !before.includes(one.id));
  if (!AWAY.includes(desk.presence?.state ?? "offline")) done.add("ready");
  if (ours.length > 0) done.add("dial");
  if (ours.some((caller) => caller.state === "talking")) done.add("talk");
  if (raised.length > 0) done.add("flag");
  if (raised.some((one) => one.state !== "open")) done.add("acknowledge");
}

function show() {
  const next = steps.find((step) => !done.has(step));
  for (const step of steps) {
    const item = find(`[data-step="${step}"]`, HTMLElement);
    item.classList.toggle("is-done", done.has(step));
    item.classList.toggle("is-now", step === next);
  }
  state.textContent = next ? t("各个席位已登录。请按高亮的步骤做。") : t("走完了：有人接听，有人负责。");
}

async function look() {
  const seats = [`${root}/seat/floor/api/v1/floor`, `${root}/seat/desk/api/v1/me`];
  const answers = await Promise.all(seats.map((address) => fetch(address)));
  if (!answers.every((answer) => answer.ok)) return;
  const [floor, desk] = await Promise.all(answers.map((answer) => answer.json()));
  noteHappened(floor, desk);
  show();
}

function follow() {
  const live = new EventSource(`${root}/seat/floor/api/v1/live`);
  for (const topic of ["resync", "call", "presence", "escalation"]) live.addEventListener(topic, () => void look());
}

/** @param {boolean} on */
async function setCast(on) {
  const path = `${stage.dataset.carrier}/simulator/cast`;
  const body = JSON.stringify({ on });
  await fetch(path, { method: "PUT", headers: { "Content-Type": "application/json" }, body });
}

try {
  await Promise.all(findAll("iframe[data-seat]", HTMLIFrameElement).map(signIn));
  const cast = find("#cast", HTMLInputElement);
  cast.addEventListener("change", () => void setCast(cast.checked));
  cast.disabled = false; // only now does ticking it do anything
  follow();
} catch (fault) {
  state.textContent = `${t("席位登录失败，请重新运行演示。")} ${sentenceOf(fault)}`;
}
