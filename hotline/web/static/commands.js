// Buttons and forms that command: `data-command="POST /calls/7/hold"` below /api/v1.
// data-body: JSON sent along (a form sends its fields). data-confirm: the word shown for a second
// press. data-sure: the part of a form that names the consequence and holds the button that means it.
// data-closes, around it: what goes away when it worked; a popover around it closes. data-done: what is said when it worked. data-then: where to go afterwards.

import { send, sentenceOf } from "./api.js";
import { find, findAll, nearest } from "./find.js";
import { toast, unsay } from "./toast.js";

const ARMED_FOR = 3000;
const ABOUT = "command"; // what came of the last command is said, and of no other

/** @type {WeakMap<HTMLButtonElement, { word: string, timer: number }>} */
const armed = new WeakMap();

/**
 * One that was drawn anew meanwhile as something else has its own word, and is not armed any more.
 * @param {HTMLButtonElement} button
 */
function disarm(button) {
  const state = armed.get(button);
  if (!state) return;
  clearTimeout(state.timer);
  armed.delete(button);
  if (!button.classList.contains("is-armed")) return;
  button.classList.remove("is-armed");
  const word = button.querySelector("[data-word]");
  if (word) word.textContent = state.word;
}

/**
 * The first press only arms; the second, soon after, means it.
 * @param {HTMLButtonElement} button
 */
function confirmed(button) {
  if (!button.dataset.confirm) return true;
  const asked = button.classList.contains("is-armed");
  disarm(button);
  if (asked) return true;
  const word = button.querySelector("[data-word]");
  armed.set(button, { word: word?.textContent ?? "", timer: setTimeout(disarm, ARMED_FOR, button) });
  button.classList.add("is-armed");
  if (word) word.textContent = button.dataset.confirm;
  return false;
}

/**
 * Shows the question before what cannot be taken back; whether it still has to be answered. The
 * group gets the focus, not its button: an Enter that is held down must not answer it.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
function asksFirst(form, submitter) {
  const question = form.querySelector("[data-sure]");
  if (!(question instanceof HTMLElement) || question.contains(submitter)) return false;
  question.hidden = false;
  question.focus();
  return true;
}

/**
 * The question goes away, and the focus back to what was written.
 * @param {HTMLFormElement} form
 */
function takeBack(form) {
  find("[data-sure]", HTMLElement, form).hidden = true;
  find(".input", HTMLElement, form).focus();
}

/**
 * Fields of one name become a list where the form says so (`data-list="topics"`); what is empty is
 * not sent where it says that (`data-leaves-out`).
 * @param {HTMLFormElement} form
 */
export function fieldsOf(form) {
  const filled = new FormData(form);
  /** @type {Record<string, FormDataEntryValue | FormDataEntryValue[] | boolean>} */
  const fields = Object.fromEntries(filled);
  for (const name of (form.dataset.list ?? "").split(" ").filter(Boolean)) fields[name] = filled.getAll(name);
  if ("leavesOut" in form.dataset) for (const [name, value] of Object.entries(fields)) if (value === "") delete fields[name];
  for (const box of findAll('input[type="checkbox"][data-flag]', HTMLInputElement, form)) fields[box.name] = box.checked;
  return fields;
}

/**
 * @param {HTMLElement} element
 * @returns {unknown}
 */
function bodyOf(element) {
  if (element instanceof HTMLFormElement) return fieldsOf(element);
  return element.dataset.body ? JSON.parse(element.dataset.body) : undefined;
}

/** @param {HTMLElement} element */
function buttonOf(element) {
  return element instanceof HTMLFormElement ? element.querySelector("[type=submit]") : element;
}

/**
 * The menu that a button stands in goes away, and the focus back to what opened it.
 * @param {HTMLButtonElement} button
 */
function closeMenu(button) {
  const menu = button.closest("details[open]");
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
}

/**
 * The sheet over the page that a button stands in closes, and the focus goes back to what opened it.
 * @param {HTMLElement} element
 */
function closeSheet(element) {
  const sheet = element.closest("[popover]");
  if (!(sheet instanceof HTMLElement)) return;
  sheet.hidePopover();
  const opener = document.querySelector(`[popovertarget="${sheet.id}"]`);
  if (opener instanceof HTMLElement) opener.focus();
}

/**
 * @param {HTMLElement} element whose command worked; it says so as `command:done`
 * @param {unknown} answer what the server said: the event's detail
 */
function conclude(element, answer) {
  const { dataset } = element;
  unsay(ABOUT);
  element.closest("[data-closes]")?.remove();
  for (const sure of findAll("[data-sure]", HTMLElement, element)) sure.hidden = true;
  closeSheet(element);
  if (dataset.done) toast(dataset.done, "done", ABOUT);
  element.dispatchEvent(new CustomEvent("command:done", { bubbles: true, detail: answer }));
  if (dataset.then) location.assign(dataset.then);
}

/**
 * Carries the command out. A refusal is said, not thrown.
 * @param {HTMLElement} element a form, or a button with `data-command`
 */
async function command(element) {
  const [method = "", path = ""] = (element.dataset.command ?? "").split(" ");
  const body = bodyOf(element);
  const wanted = new CustomEvent("command:wanted", { bubbles: true, cancelable: true, detail: { method, path, body } });
  if (!element.dispatchEvent(wanted)) return; // a station's page keeps it until there is a network
  const button = buttonOf(element);
  button?.setAttribute("disabled", "");
  try {
    conclude(element, await send(method, path, body));
  } catch (refusal) {
    toast(sentenceOf(refusal), "problem", ABOUT);
    element.dispatchEvent(new CustomEvent("command:refused", { bubbles: true }));
  } finally {
    button?.removeAttribute("disabled");
  }
}

document.addEventListener("click", (event) => {
  const button = nearest(event, "button[data-command]", HTMLButtonElement);
  if (!button || event.defaultPrevented || !confirmed(button)) return;
  closeMenu(button);
  void command(button);
});

document.addEventListener("click", (event) => {
  const form = nearest(event, "[data-unsure]", HTMLButtonElement)?.form;
  if (form) takeBack(form);
});

document.addEventListener("submit", (event) => {
  const form = nearest(event, "form[data-command]", HTMLFormElement);
  if (!form) return;
  event.preventDefault();
  if (asksFirst(form, event.submitter)) return;
  void command(form);
});
