// Everybody's accounts: a link that was made is shown once, above the list.

import { find } from "./find.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** @param {HTMLElement} element the list */
export function mount(element) {
  const shown = find("#link-shown", HTMLElement);
  const field = find("[data-link]", HTMLInputElement, shown);

  /** @param {Event} event */
  function made(event) {
    if (!(event instanceof CustomEvent) || !(event.target instanceof HTMLElement)) return;
    const whose = event.target.dataset.linkOf;
    if (!whose) return;
    find("[data-link-for]", HTMLElement, shown).textContent = t("给 {name} 的链接", { name: whose });
    field.value = event.detail.link;
    shown.hidden = false;
    shown.focus();
  }
  async function copy() {
    field.select();
    await navigator.clipboard?.writeText(field.value).then(
      () => toast(t("链接已复制")),
      () => toast(t("请按复制键：链接已选中")),
    );
  }
  const button = find("[data-copy-link]", HTMLButtonElement, shown);
  const pressed = () => void copy();
  button.addEventListener("click", pressed);
  element.addEventListener("command:done", made);
  return () => {
    button.removeEventListener("click", pressed);
    element.removeEventListener("command:done", made);
  };
}
