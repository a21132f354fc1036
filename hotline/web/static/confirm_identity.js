// Asks who it is, before what reaches far: a small dialog with one field for the password or a code.

import { Refusal, send, sentenceOf } from "./api.js";
import { t } from "./words.js";

/** @type {Promise<boolean> | null} of several commands that ask at once, all wait for one answer */
let asking = null;

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Partial<HTMLElementTagNameMap[K]>} properties
 * @param {...Node} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function drawn() {
  const title = made("h2", { id: "confirm-title", textContent: t("请确认是您本人") });
  const label = made("label", { htmlFor: "confirm-proof", textContent: t("您的密码，或手机上的六位数字") });
  const input = made("input", { id: "confirm-proof", className: "input", type: "password", required: true, maxLength: 200 });
  input.autocomplete = "current-password";
  const fault = made("p", { className: "small" });
  fault.setAttribute("role", "alert");
  const go = made("button", { className: "button is-main", type: "submit", textContent: t("确认并继续") });
  const leave = made("button", { className: "button", type: "button", textContent: t("取消") });
  const field = made("div", { className: "field" }, label, input);
  const form = made("form", { className: "stack", method: "dialog" }, title, field, fault, made("div", { className: "row" }, go, leave));
  const dialog = made("dialog", { className: "confirm-identity" }, form);
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.dataset.testid = "confirm-identity";
  return { dialog, form, input, fault, go, leave };
}

/** Whoever comes from a page without it has the look of the dialog as well. */
function bringLook() {
  const root = document.querySelector('link[rel="stylesheet"][href$="hotline.css"]');
  if (!(root instanceof HTMLLinkElement)) return;
  document.head.append(made("link", { rel: "stylesheet", href: root.href.replace(/hotline\.css$/, "accounts.css") }));
}

/** @returns {Promise<boolean>} */
function ask() {
  const { dialog, form, input, fault, go, leave } = drawn();
  const before = document.activeElement;
  bringLook();
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    let proved = false;
    async function prove() {
      go.disabled = true;
      try {
        await send("POST", "/me/confirm", { proof: input.value });
        proved = true;
        dialog.close();
      } catch (refusal) {
        fault.textContent = refusal instanceof Refusal ? refusal.message : sentenceOf(refusal);
        input.select();
      } finally {
        go.disabled = false;
      }
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      void prove();
    });
    leave.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(proved);
    });
  });
}

/** Whether they proved to be who they are. */
export function confirmIdentity() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}
