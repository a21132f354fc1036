// Files that are taken out of the house: fetched as a command is, so that the server can ask first who
// it is, and then handed to the browser under their name.

import { send, sentenceOf } from "./api.js";
import { nearest } from "./find.js";
import { toast } from "./toast.js";

const PATIENCE = 30000;

/** @param {HTMLButtonElement} button */
async function take(button) {
  button.disabled = true;
  try {
    const file = await send("GET", button.dataset.download ?? "", undefined, { patience: PATIENCE });
    if (!(file instanceof Blob)) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = button.dataset.file ?? "";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE); // a busy browser takes it up later
  } catch (refusal) {
    toast(sentenceOf(refusal), "problem", "command");
  } finally {
    button.disabled = false;
  }
}

/** @param {HTMLElement} element */
export function mount(element) {
  /** @param {Event} event */
  function clicked(event) {
    const button = nearest(event, "button[data-download]", HTMLButtonElement);
    if (button) void take(button);
    if (nearest(event, "button[data-print]", HTMLButtonElement)) window.print();
  }
  element.addEventListener("click", clicked);
  return () => element.removeEventListener("click", clicked);
}
