// A second factor is set up: the secret is shown, its first code confirms it, the recovery codes are told.

import { find } from "./find.js";

/** @typedef {{ secret: string, picture: string }} Secret */
/** @typedef {{ codes: string[] }} Codes */

/**
 * @param {HTMLElement} panel with `data-factor`
 * @param {Secret} told
 */
export function showSecret(panel, told) {
  find("[data-picture]", HTMLImageElement, panel).src = told.picture;
  find("[data-letters]", HTMLElement, panel).textContent = (told.secret.match(/.{1,4}/g) ?? []).join(" ");
  find("[data-secret]", HTMLElement, panel).hidden = false;
  find("[name=code]", HTMLInputElement, panel).focus();
}

/**
 * @param {HTMLElement} panel
 * @param {Codes} told
 */
export function showCodes(panel, told) {
  find("[data-secret]", HTMLElement, panel).hidden = true;
  const list = find("[data-code-list]", HTMLElement, panel);
  list.replaceChildren(
    ...told.codes.map((code) => {
      const item = document.createElement("li");
      item.textContent = code;
      return item;
    }),
  );
  const codes = find("[data-codes]", HTMLElement, panel);
  codes.hidden = false;
  codes.focus();
}
