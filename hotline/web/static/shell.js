// The shell: stays while pages change inside it. Marks the present place, starts what a page
// brings (`data-module="desk"` → desk.js → mount(element)), and says when a page did not come.

import "./clock.js";
import "./commands.js";
import "./keys.js";
import "./live.js";
import { findAll, nearest } from "./find.js";
import { toast, unsay } from "./toast.js";
import { t } from "./words.js";

/** @typedef {{ mount: (element: HTMLElement) => () => void }} PageModule `mount`: see checks.js */

const { root } = document.documentElement.dataset;
const ABOUT = "page";

/** @type {WeakMap<Element, (() => void) | null>} how to let go of it; null while its module comes */
const mounted = new WeakMap();

/** @type {WeakMap<Element, HTMLButtonElement[]>} what was pressed in it before its module was there */
const early = new WeakMap();

/** @param {HTMLElement} element */
async function mount(element) {
  if (mounted.has(element)) return;
  mounted.set(element, null);
  /** @type {PageModule | null} */
  const module = await import(`./${element.dataset.module}.js`).catch(() => null);
  if (!element.isConnected) return;
  if (module === null) toast(t("这一页没有取到，什么都没有丢失，请再试一次。"), "problem", ABOUT);
  mounted.set(element, module === null ? () => undefined : module.mount(element));
  for (const button of early.get(element) ?? []) if (button.isConnected) button.click();
}

/**
 * A press where a module is still on its way is done when it is there (before: early_presses.js).
 * @param {MouseEvent} event
 */
function pressed(event) {
  const button = nearest(event, "button[type=button]:not([popovertarget])", HTMLButtonElement);
  const element = button?.closest("[data-module]");
  if (!button || !element || mounted.get(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  early.set(element, [...(early.get(element) ?? []), button]);
}

function mountAll() {
  for (const element of findAll("[data-module]", HTMLElement)) void mount(element);
}

function markPlace() {
  const here = location.pathname;
  for (const place of findAll("[data-place]", HTMLAnchorElement)) {
    const paths = [place.pathname, ...(place.dataset.also?.split(" ") ?? [])];
    const inside = paths.some((path) => here === path || here.startsWith(`${path}/`));
    if (inside) place.setAttribute("aria-current", "page");
    else place.removeAttribute("aria-current");
  }
}

/** @param {Event} event */
function closeMenus(event) {
  for (const menu of findAll("details.menu[open]", HTMLElement)) {
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.removeAttribute("open");
  }
}

/** Signed out elsewhere: with a call in the ear, or words that are not saved, nobody is sent away. */
function signedOut() {
  const bar = document.getElementById("bar-state"); // as the server drew it, also where no desk runs
  const isWriting = document.querySelector("[data-unsaved]") !== null;
  const busy = isWriting || ["talking", "wrapping_up"].includes(bar?.dataset.state ?? "");
  if (busy) toast(t("登录已过期。您写的内容仍在，请在新窗口登录后再试一次。"), "problem", ABOUT);
  else location.assign(`${root}/login`);
}

/** @param {DocumentEventMap["htmx:responseError"]} event */
function refused({ detail }) {
  if (detail.xhr.status === 401) signedOut();
  else toast(t("这一页没有取到，什么都没有丢失，请再试一次。"), "problem", ABOUT);
}

document.addEventListener("click", pressed, { capture: true });
document.addEventListener("htmx:afterSettle", () => {
  mountAll();
  markPlace();
});
document.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
  if (target instanceof Element) mounted.get(target)?.();
});
document.addEventListener("htmx:pushedIntoHistory", () => {
  markPlace();
  document.getElementById("main")?.focus({ preventScroll: true });
});
document.addEventListener("htmx:responseError", refused);
document.addEventListener("htmx:sendError", () => toast(t("网络不通，什么都没有丢失，请稍后再试一次。"), "problem", ABOUT));
document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
  if (detail.xhr.status < 400) unsay(ABOUT);
});
document.addEventListener("live:signed-out", signedOut);
document.addEventListener("click", closeMenus);
mountAll();
markPlace();
