// The supervisor's panel on the floor: what a row's button fetches is shown in it, and what is pressed
// in it is sent with what was written beside it. j and k go through the rows; several counselors are
// chosen by their boxes, which stay so while the floor is looked at again.
//
// In a form with data-acts, a button with data-command may say: data-act, the JSON that it means;
// data-needs, the field that must not be empty; data-says, the field that is the text of a message;
// data-skill, that the level of a skill is set.

import { find, findAll, nearest } from "./find.js";
import { fieldsOf } from "./commands.js";
import { HINDRANCES } from "./hindrances.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const TYPING = "input:not([type=checkbox]), textarea, select";
const STEPS = new Map([["j", 1], ["ArrowDown", 1], ["k", -1], ["ArrowUp", -1]]);

/** @type {Set<string>} */
const chosen = new Set();

/**
 * What was written beside the button, as the commands name it; what is empty is left out.
 * @param {Record<string, string>} fields
 * @param {DOMStringMap} asked
 */
function wordsOf({ reason, text, until }, asked) {
  const words = {
    text: asked.says ? reason : text,
    reason: asked.says ? "" : reason,
    until: asked.command?.endsWith("/skills") ? until : "",
  };
  return Object.fromEntries(Object.entries(words).filter(([, word]) => word));
}

/**
 * The level of one language or topic: `languages:yue` at 3 is `{languages: {yue: 3}}`.
 * @param {Record<string, string>} fields
 */
function skillOf({ skill = "", level }) {
  const [kind = "", name = ""] = skill.split(":");
  return { [kind]: { [name]: Number(level) } };
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
function bodyFor(form, button) {
  const fields = /** @type {Record<string, string>} */ (fieldsOf(form));
  const people = new FormData(form).getAll("people");
  return {
    ...(people.length ? { people } : {}),
    ...wordsOf(fields, button.dataset),
    ...(button.dataset.skill === undefined ? {} : skillOf(fields)),
    ...JSON.parse(button.dataset.act ?? "{}"),
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function field(form, name) {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : null;
}

/**
 * Before the command reads its body: what was written is part of it.
 * @param {Event} event
 */
function prepare(event) {
  const button = nearest(event, "[data-acts] button[data-act]", HTMLButtonElement);
  if (!button?.form) return;
  const needed = button.dataset.needs ? field(button.form, button.dataset.needs) : null;
  if (needed && !needed.value.trim()) {
    event.stopPropagation();
    event.preventDefault();
    needed.focus();
    toast(t("请先写明，对方会看到。"), "problem", "command");
    return;
  }
  button.dataset.body = JSON.stringify(bodyFor(button.form, button));
}

/** @param {HTMLElement} panel */
function show(panel) {
  panel.hidden = false;
  panel.querySelector("[data-panel-title]")?.scrollIntoView({ block: "nearest" });
  find("[data-panel-title]", HTMLElement, panel).focus();
}

function showChosen() {
  const form = document.querySelector("[data-chosen]");
  if (!(form instanceof HTMLFormElement)) return;
  form.hidden = chosen.size === 0;
  find("[data-chosen-count]", HTMLElement, form).textContent = String(chosen.size);
  const fields = [...chosen].map((id) => Object.assign(document.createElement("input"), { type: "hidden", name: "people", value: id }));
  find("[data-chosen-ids]", HTMLElement, form).replaceChildren(...fields);
}

/** What was chosen and is still on the floor stays so. */
function keepChosen() {
  const boxes = findAll("[data-choose]", HTMLInputElement);
  const there = new Set(boxes.map((box) => box.value));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  for (const box of boxes) box.checked = chosen.has(box.value);
  showChosen();
}

/** @param {Event} event */
function choose(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.dataset.choose === undefined) return;
  if (box.checked) chosen.add(box.value);
  else chosen.delete(box.value);
  showChosen();
}

/** @param {KeyboardEvent} event */
function isMeant(event) {
  const types = event.target instanceof Element && event.target.matches(TYPING);
  return !(types || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented);
}

/**
 * By arrows only from row to row: else the page is read, not its rows.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const step = STEPS.get(event.key);
  if (!step || !isMeant(event)) return;
  const rows = findAll("[data-row]", HTMLButtonElement).filter((row) => row.getClientRects().length > 0);
  const at = rows.findIndex((row) => row === document.activeElement);
  if (at < 0 && event.key.startsWith("Arrow")) return;
  event.preventDefault();
  rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}

/**
 * Of many, some may have been left as they are.
 * @param {{ refused?: { name: string, reason: string, why: string }[] } | null} answer
 */
function sayRefused(answer) {
  for (const { name, reason, why } of answer?.refused ?? []) {
    toast(`${name}：${HINDRANCES[reason]?.() ?? why}`, "problem");
  }
}

function chooseNone() {
  chosen.clear();
  keepChosen();
}

/** The panel, and what opened it: the focus goes back there. */
class Panel {
  /** @type {Element | null} */
  #opener = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
  }

  close() {
    this.element.hidden = true;
    this.element.replaceChildren();
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
  }

  /** @param {Event} event */
  clicked(event) {
    if (nearest(event, "[hx-target='#act-panel']", HTMLElement)) this.#opener = document.activeElement;
    if (nearest(event, "[data-close-panel]", HTMLButtonElement)) this.close();
    if (nearest(event, "[data-choose-none]", HTMLButtonElement)) chooseNone();
  }

  /** @param {Event} event */
  settled({ target }) {
    if (target === this.element) show(this.element);
  }
}

/** @param {HTMLElement} element */
export function mount(element) {
  const panel = new Panel(element);
  const listening = new AbortController();
  const until = { signal: listening.signal };
  document.addEventListener("click", prepare, { ...until, capture: true });
  document.addEventListener("click", (event) => panel.clicked(event), until);
  document.addEventListener("change", choose, until);
  document.addEventListener("keydown", walk, until);
  document.addEventListener("htmx:afterSettle", (event) => panel.settled(event), until);
  document.addEventListener("floor:drawn", keepChosen, until);
  element.addEventListener("command:done", (event) => {
    panel.close();
    if (event instanceof CustomEvent) sayRefused(event.detail);
  }, until);
  keepChosen();
  return () => {
    listening.abort();
    chosen.clear();
  };
}
