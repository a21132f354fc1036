// The switch with which an officer lets this browser tell them at once. The browser is asked for its
// permission only when the switch is pressed.

import { Refusal, send, sentenceOf } from "./api.js";
import { find } from "./find.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const OWNER = "hotline.push.owner"; // a browser has one subscription, whoever is signed in

/** @param {string} key of the server, as it is sent */
function keyBytes(key) {
  const plain = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {string} worker */
async function registered(worker) {
  const here = await navigator.serviceWorker.getRegistration();
  return here ?? navigator.serviceWorker.register(worker);
}

/**
 * Two texts are of one key.
 * @param {ArrayBuffer | null | undefined} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
  const bytes = new Uint8Array(one ?? new ArrayBuffer(0));
  return bytes.length === other.length && bytes.every((byte, place) => byte === other[place]);
}

/**
 * The subscription of this browser, of our key; whose it is says `OWNER`.
 * @param {Uint8Array<ArrayBuffer>} key
 */
async function present(key) {
  const registration = await navigator.serviceWorker.getRegistration();
  const made = (await registration?.pushManager.getSubscription()) ?? null;
  return made !== null && isSame(made.options.applicationServerKey, key) ? made : null;
}

/**
 * @param {string} worker
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {string} owner who is told from now on
 */
async function switchOn(worker, key, owner) {
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Refusal(0, "NotAllowed", t("浏览器不允许提醒：请在浏览器设置里允许本站通知。现在仍用电话和短信通知。"));
  }
  await registered(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  if (before && !isSame(before.options.applicationServerKey, key)) await before.unsubscribe(); // of a former key
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  await send("POST", "/me/push", { endpoint, keys });
  localStorage.setItem(OWNER, owner);
}

/** @param {Uint8Array<ArrayBuffer>} key */
async function switchOff(key) {
  const made = await present(key);
  if (!made) return;
  await send("POST", "/me/push/off", { endpoint: made.endpoint });
  await made.unsubscribe();
  localStorage.removeItem(OWNER);
}

/** @param {unknown} fault */
function whyNot(fault) {
  if (fault instanceof Refusal) return sentenceOf(fault);
  return t("提醒没有打开：这里连不上浏览器的推送服务。仍用电话和短信通知。");
}

/** @param {HTMLElement} element */
export function mount(element) {
  const button = find("button", HTMLButtonElement, element);
  const word = find("[data-push-state]", HTMLElement, element);
  const { owner = "", worker = "" } = element.dataset;
  const key = keyBytes(element.dataset.key ?? "");
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

  /** @param {boolean} on */
  function show(on) {
    button.setAttribute("aria-pressed", String(on));
    word.textContent = on ? t("这台设备会立即提醒你。") : t("这台设备还没有打开提醒，仍用电话和短信通知。");
  }

  async function pressed() {
    button.disabled = true;
    const on = button.getAttribute("aria-pressed") === "true";
    try {
      await (on ? switchOff(key) : switchOn(worker, key, owner));
      show(!on);
    } catch (fault) {
      toast(whyNot(fault), "problem", "push");
    } finally {
      button.disabled = false;
    }
  }

  const press = () => void pressed();
  button.addEventListener("click", press);
  button.hidden = !able;
  if (able) void present(key).then((made) => show(made !== null && localStorage.getItem(OWNER) === owner));
  else word.textContent = t("这个浏览器不支持提醒，仍用电话和短信通知。");
  return () => button.removeEventListener("click", press);
}
