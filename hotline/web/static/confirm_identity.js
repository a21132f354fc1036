// Asks who it is, before what reaches far: a small dialog with one field for the password or a code,
// and a button to the organisation's accounts, in a window of their own that tells when it was them.

import { Refusal, send, sentenceOf } from "./api.js";
import { t } from "./words.js";

const PROVED = "hotline-identity"; // the channel on which that window tells

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
  const elsewhere = made("button", { className: "button", type: "button", textContent: t("用单位账号确认") });
  elsewhere.dataset.testid = "confirm-at-provider";
  const form = made("form", { className: "stack", method: "dialog" }, title, field, fault, made("div", { className: "row" }, go, elsewhere, leave));
  const dialog = made("dialog", { className: "confirm-identity" }, form);
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.dataset.testid = "confirm-identity";
  return { dialog, form, input, fault, go, elsewhere, leave };
}

/** Whoever comes from a page without it has the look of the dialog as well. */
function bringLook() {
  const root = document.querySelector('link[rel="stylesheet"][href$="hotline.css"]');
  if (!(root instanceof HTMLLinkElement)) return;
  document.head.append(made("link", { rel: "stylesheet", href: root.href.replace(/hotline\.css$/, "accounts.css") }));
}

/** The window opens at once, as browsers allow it after a press only; its address comes a moment later. */
async function askElsewhere() {
  const other = window.open("about:blank", "_blank");
  try {
    const told = /** @type {{ address: string }} */ (await send("POST", "/me/confirm/provider"));
    if (other) other.location.href = told.address;
  } catch (refusal) {
    other?.close();
    throw refusal;
  }
}

/**
 * @param {string} proof
 * @param {{ input: HTMLInputElement, fault: HTMLElement, go: HTMLButtonElement }} drawing
 * @param {() => void} done
 */
async function prove(proof, { input, fault, go }, done) {
  go.disabled = true;
  try {
    await send("POST", "/me/confirm", { proof });
    done();
  } catch (refusal) {
    fault.textContent = refusal instanceof Refusal ? refusal.message : sentenceOf(refusal);
    input.select();
  } finally {
    go.disabled = false;
  }
}

/**
 * @param {Record<string, unknown>} facts `provider`: it may be shown to the identity provider as well
 * @returns {Promise<boolean>}
 */
function ask(facts) {
  const drawing = drawn();
  const { dialog, form, input, fault, elsewhere, leave } = drawing;
  const channel = new BroadcastChannel(PROVED);
  const before = document.activeElement;
  elsewhere.hidden = !facts.provider;
  bringLook();
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    let proved = false;
    const done = () => {
      proved = true;
      dialog.close();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      void prove(input.value, drawing, done);
    });
    elsewhere.addEventListener("click", () => {
      askElsewhere().catch((refusal) => {
        fault.textContent = sentenceOf(refusal);
      });
    });
    channel.addEventListener("message", done);
    leave.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      channel.close();
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(proved);
    });
  });
}

/**
 * Whether they proved to be who they are.
 * @param {Record<string, unknown>} facts
 */
export function confirmIdentity(facts) {
  asking ??= ask(facts).finally(() => {
    asking = null;
  });
  return asking;
}
