// Before somebody is ready: does the phone ring here, and does the microphone bring a sound? A child
// must not be put through to a desk that cannot hear or be heard.

import { lacksOutput, sayOutputIsMissing } from "./device_watch.js";
import { nearest } from "./find.js";
import { checkMicrophone } from "./microphone_level.js";
import { noteMicrophone } from "./phone.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const ABOUT = "ready";
const FRESH_MS = 10 * 60 * 1000; // a microphone that was heard so lately need not be heard again
const SECOND_PRESS_MS = 8000;
const CONNECTS_MS = 8000; // a page that was just opened

const { body } = document;
let heardAt = -FRESH_MS;
let warnedAt = -SECOND_PRESS_MS;
/** @type {HTMLButtonElement | null} the press that was found good, on its way */
let passing = null;

function connects() {
  return (body.dataset.phone ?? "wait") === "wait";
}

/** Of the phone; null where nothing speaks against it. Without a network the command says so. */
function phoneFault() {
  if (!navigator.onLine) return null;
  if (connects()) return t("软电话正在连接，请稍等一会儿再按。");
  if (body.dataset.phone === "bad") return t("软电话没有连上，来电不会响，所以还不能开始接听。请按顶部的提示处理。");
  return null;
}

/** A phone that connects is waited for: who opens the desk and presses at once is not sent away. */
function phoneSettles() {
  return new Promise((resolve) => {
    const look = () => connects() || resolve(null);
    new MutationObserver(look).observe(body, { attributeFilter: ["data-phone"] });
    setTimeout(resolve, CONNECTS_MS);
    look();
  });
}

/** The phone of this page is a softphone, and the microphone was not heard lately. */
function isDue() {
  return body.dataset.phone === "good" && performance.now() - heardAt > FRESH_MS;
}

/** Whether they may go on: of a silent microphone they are told, and decide themselves. */
async function microphonePasses() {
  const found = await checkMicrophone();
  if (found === "granted") heardAt = performance.now();
  noteMicrophone(found);
  if (found !== "silent") return found === "granted";
  const isSecond = performance.now() - warnedAt < SECOND_PRESS_MS;
  warnedAt = performance.now();
  if (!isSecond) toast(t("麦克风没有声音，来电者可能听不到您。请检查静音键和插头；再按一次仍然开始。"), "problem", ABOUT);
  return isSecond;
}

/** Who cannot hear a child is not put through to one. */
async function outputPasses() {
  const isMissing = lacksOutput((await navigator.mediaDevices?.enumerateDevices()) ?? []);
  if (isMissing) sayOutputIsMissing();
  return !isMissing;
}

/** Of phone, microphone and headphones; what speaks against it is said. */
async function passesCheck() {
  await phoneSettles();
  const fault = phoneFault();
  if (fault) toast(fault, "problem", ABOUT);
  if (fault !== null) return false;
  return !isDue() || ((await microphonePasses()) && outputPasses());
}

/** @param {HTMLButtonElement} button */
async function pressAfterCheck(button) {
  button.disabled = true;
  const passes = await passesCheck();
  button.disabled = false;
  if (!passes) return;
  passing = button;
  button.click();
  passing = null;
}

/** @param {MouseEvent} event */
function check(event) {
  const button = nearest(event, 'button[data-command="PUT /me/presence"]', HTMLButtonElement);
  if (!button || button === passing || !button.dataset.body?.includes('"ready"')) return;
  if (phoneFault() === null && !isDue()) return;
  event.preventDefault();
  event.stopPropagation();
  void pressAfterCheck(button);
}

document.addEventListener("click", check, { capture: true });
navigator.mediaDevices?.addEventListener("devicechange", () => (heardAt = -FRESH_MS));
