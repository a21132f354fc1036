// The guided page: signs each seat in, shows it, and ticks off what the floor says has happened.

import { t } from "./words.js";

const stage = document.querySelector(".demo");
const state = document.getElementById("demo-state");
const root = document.documentElement.dataset.root;
const steps = ["ready", "dial", "talk", "flag", "acknowledge"];
const done = new Set();

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

/** What has happened so far, read off the floor. Steps never untick. */
function happened(floor) {
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
    const item = document.querySelector(`[data-step="${step}"]`);
    item.classList.toggle("is-done", done.has(step));
    item.classList.toggle("is-now", step === next);
  }
  state.textContent = next ? t("各个席位已登录。请按高亮的步骤做。") : t("走完了：有人接听，有人负责。");
}

async function look() {
  const answer = await fetch(`${root}/seat/floor/api/v1/floor`);
  if (!answer.ok) return;
  happened(await answer.json());
  show();
}

function follow() {
  const live = new EventSource(`${root}/seat/floor/api/v1/live`);
  for (const topic of ["resync", "call", "presence", "escalation"]) live.addEventListener(topic, look);
}

async function setCast(event) {
  const path = `${stage.dataset.carrier}/simulator/cast`;
  const body = JSON.stringify({ on: event.target.checked });
  await fetch(path, { method: "PUT", headers: { "Content-Type": "application/json" }, body });
}

try {
  await Promise.all([...document.querySelectorAll("iframe[data-seat]")].map(signIn));
  const cast = document.getElementById("cast");
  cast.addEventListener("change", setCast);
  cast.disabled = false; // only now does ticking it do anything
  follow();
} catch (fault) {
  state.textContent = `${t("席位登录失败，请重新运行演示。")} ${fault.message}`;
}
