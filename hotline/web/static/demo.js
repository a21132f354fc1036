// The guided page: signs each seat in, shows it, and ticks off what the floor says has happened.

import { sentenceOf } from "./api.js";
import { find, findAll } from "./find.js";
import { t } from "./words.js";

/**
 * The part of the floor that the steps are read off.
 * @typedef {object} Floor
 * @property {{ state: string }[]} callers
 * @property {unknown[]} counselors
 * @property {{ state: string }[]} escalations
 */

const stage = find(".demo", HTMLElement);
const state = find("#demo-state", HTMLElement);
const root = document.documentElement.dataset.root;
const steps = ["ready", "dial", "talk", "flag", "acknowledge"];

/** @type {Set<string>} */
const done = new Set();

/** @param {HTMLIFrameElement} frame */
async function signIn(frame) {
  const { seat, user, page } = frame.dataset;
  const answer = await fetch(`${root}/seat/${seat}/api/v1/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Hotline": "1" },
    body: JSON.stringify({ username: user, password: stage.dataset.password }),
  });
  if (!answer.ok) throw new Error(`${seat}: ${answer.status}`);
  frame.src = `${root}/seat/${seat}${page}`;
}

/**
 * What has happened so far, read off the floor. Steps never untick.
 * @param {Floor} floor
 */
function noteHappened(floor) {
  const ours = floor.callers.filter((caller) => caller.state !== "flow");
  const talking = ours.some((caller) => caller.state === "talking");
  if (floor.counselors.length > 0) done.add("ready");
  if (ours.length > 0) done.add("dial");
  if (talking) done.add("talk");
  if (floor.escalations.length > 0) done.add("flag");
  if (floor.escalations.some((one) => one.state !== "open")) done.add("acknowledge");
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
  const answer = await fetch(`${root}/seat/floor/api/v1/floor`);
  if (!answer.ok) return;
  noteHappened(await answer.json());
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
