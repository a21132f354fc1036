// Buttons and forms that command: `data-command="POST /calls/7/hold"` below /api/v1.
// data-body: JSON sent along (a form sends its fields). data-confirm: the word shown for a second
// press. data-done: what is said when it worked. data-then: where to go afterwards.

import { send } from "./api.js";
import { toast } from "./toast.js";

const ARMED_FOR = 3000;
const armed = new WeakMap();

function disarm(button) {
  const state = armed.get(button);
  if (!state) return;
  clearTimeout(state.timer);
  armed.delete(button);
  button.classList.remove("is-armed");
  const word = button.querySelector("[data-word]");
  if (word) word.textContent = state.word;
}

/** The first press only arms; the second, soon after, means it. */
function confirmed(button) {
  if (!button.dataset.confirm) return true;
  if (armed.has(button)) {
    disarm(button);
    return true;
  }
  const word = button.querySelector("[data-word]");
  armed.set(button, { word: word?.textContent, timer: setTimeout(disarm, ARMED_FOR, button) });
  button.classList.add("is-armed");
  if (word) word.textContent = button.dataset.confirm;
  return false;
}

/** Fields of one name become a list where the form says so (`data-list="topics"`). */
export function fieldsOf(form) {
  const lists = new Set((form.dataset.list ?? "").split(" ").filter(Boolean));
  const fields = {};
  for (const name of lists) fields[name] = [];
  for (const [name, value] of new FormData(form)) {
    if (lists.has(name)) fields[name].push(value);
    else fields[name] = value;
  }
  for (const box of form.querySelectorAll('input[type="checkbox"][data-flag]')) fields[box.name] = box.checked;
  return fields;
}

function bodyOf(element) {
  if (element instanceof HTMLFormElement) return fieldsOf(element);
  return element.dataset.body ? JSON.parse(element.dataset.body) : undefined;
}

/** Carries the command out. True when it worked; a refusal is said, not thrown. */
export async function command(element, body = bodyOf(element)) {
  const [method, path] = element.dataset.command.split(" ");
  const button = element instanceof HTMLFormElement ? element.querySelector("[type=submit]") : element;
  button?.setAttribute("disabled", "");
  try {
    const answer = await send(method, path, body);
    if (element.dataset.done) toast(element.dataset.done);
    if (element.dataset.then) location.assign(element.dataset.then);
    element.dispatchEvent(new CustomEvent("command:done", { bubbles: true, detail: answer }));
    return true;
  } catch (refusal) {
    toast(refusal.message, "problem");
    element.dispatchEvent(new CustomEvent("command:refused", { bubbles: true, detail: refusal }));
    return false;
  } finally {
    button?.removeAttribute("disabled");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-command]");
  if (!button || event.defaultPrevented || !confirmed(button)) return;
  button.closest("details[open]")?.removeAttribute("open");
  command(button);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-command]")) return;
  event.preventDefault();
  command(event.target);
});
