// The calendar of the roster: arrows walk from cell to cell, Enter opens a shift or plans one, and a
// shift is dragged to another day or person. What a change opens is said, with who could close it.

import { send, sentenceOf } from "./api.js";
import { find, findAll, nearest } from "./find.js";
import { nearestFix } from "./roster_refusals.js";
import { mountRepeat } from "./roster_repeat.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const STEPS = new Map([["ArrowLeft", [0, -1]], ["ArrowRight", [0, 1]], ["ArrowUp", [-1, 0]], ["ArrowDown", [1, 0]]]);
const ABOUT = "roster";

/** @param {unknown} answer what a command told of holes, at the top or as `opened` */
function sayWhatOpened(answer) {
  const told = /** @type {Record<string, unknown> | null} */ (answer);
  const opened = /** @type {Record<string, unknown> | null} */ (told?.opened ?? told);
  if (!Array.isArray(opened?.holes) || !(opened.holes.length || opened.elsewhere)) return;
  toast(t("已改，但有的时段现在缺人。") + nearestFix(opened), "problem", ABOUT);
}

class Calendar {
  #root;
  #sheet;
  /** @type {HTMLElement | null} */
  #dragged = null;
  /** @type {{ day: string, staff: string } | null} */
  #came = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#sheet = find("#roster-sheet", HTMLDialogElement, root);
  }

  get #plans() {
    return this.#root.querySelector("[data-roster-grid][data-plans]") !== null;
  }

  /** @param {HTMLElement} cell */
  #focus(cell) {
    for (const each of findAll("[data-cell]", HTMLElement, this.#root)) each.tabIndex = each === cell ? 0 : -1;
    cell.focus();
  }

  /**
   * @param {HTMLElement} cell
   * @param {string} key
   */
  #walk(cell, key) {
    const [down = 0, right = 0] = STEPS.get(key) ?? [];
    const rows = findAll("tbody tr", HTMLTableRowElement, this.#root).map((row) => findAll("[data-cell]", HTMLElement, row));
    const at = rows.findIndex((row) => row.includes(cell));
    const next = rows[at + down]?.[(rows[at]?.indexOf(cell) ?? 0) + right];
    if (next) this.#focus(next);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const cell = nearest(event, "[data-cell]", HTMLElement);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (STEPS.has(event.key)) this.#walk(cell, event.key);
    else if (event.key === "Enter") this.#enter(cell);
    else return;
    event.preventDefault();
  }

  /** @param {HTMLElement} cell */
  #enter(cell) {
    const shift = cell.querySelector("[data-shift]");
    if (shift instanceof HTMLElement) this.#open(cell, shift);
    else if (this.#plans) this.#plan(cell);
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    if (nearest(event, "[data-close-sheet]", HTMLElement)) this.#sheet.close();
    const fresh = nearest(event, "[data-new-shift]", HTMLElement);
    if (fresh) void this.#fetch(`new?day=${fresh.dataset.newShift}`);
    const cell = nearest(event, "[data-cell]", HTMLElement);
    if (!cell) return;
    const shift = nearest(event, "[data-shift]", HTMLElement);
    if (shift) this.#open(cell, shift);
    else if (this.#plans) this.#plan(cell);
  }

  /**
   * @param {HTMLElement} cell
   * @param {HTMLElement} shift
   */
  #open(cell, shift) {
    void this.#show(cell, `shifts/${shift.dataset.shift}?day=${cell.dataset.day}`);
  }

  /** @param {HTMLElement} cell */
  #plan(cell) {
    void this.#show(cell, `new?day=${cell.dataset.day}&staff=${encodeURIComponent(cell.dataset.staff ?? "")}`);
  }

  /**
   * @param {HTMLElement} cell where the focus comes back to
   * @param {string} path
   */
  async #show(cell, path) {
    this.#focus(cell);
    this.#came = { day: cell.dataset.day ?? "", staff: cell.dataset.staff ?? "" };
    await this.#fetch(path);
  }

  /** @param {string} path of what the sheet shows */
  async #fetch(path) {
    await window.htmx.ajax("get", `${document.documentElement.dataset.root}/roster/${path}`, { target: "#roster-sheet", swap: "innerHTML" });
    if (this.#sheet.childElementCount > 0 && !this.#sheet.open) this.#sheet.showModal();
  }

  closed() {
    this.#sheet.replaceChildren();
    const came = this.#came;
    const cells = findAll("[data-cell]", HTMLElement, this.#root);
    const cell = cells.find(({ dataset }) => dataset.day === came?.day && dataset.staff === came?.staff);
    if (cell) this.#focus(cell);
  }

  /** @param {Event} event */
  done(event) {
    if (event.target instanceof Node && this.#sheet.contains(event.target)) this.#sheet.close();
    if (event instanceof CustomEvent) sayWhatOpened(event.detail);
  }

  /** @param {DragEvent} event */
  lifted(event) {
    this.#dragged = nearest(event, "[data-shift]", HTMLElement);
    event.dataTransfer?.setData("text/plain", this.#dragged?.dataset.shift ?? "");
  }

  /** @param {DragEvent} event */
  over(event) {
    const cell = nearest(event, "[data-cell]", HTMLElement);
    for (const each of findAll(".is-target", HTMLElement, this.#root)) each.classList.remove("is-target");
    if (!cell || !this.#dragged) return;
    event.preventDefault();
    cell.classList.add("is-target");
  }

  /** @param {DragEvent} event */
  async dropped(event) {
    const [cell, shift] = [nearest(event, "[data-cell]", HTMLElement), this.#dragged];
    this.over(event);
    this.#dragged = null;
    cell?.classList.remove("is-target");
    if (cell && shift && !cell.contains(shift)) await this.#move(shift, cell);
  }

  /**
   * @param {HTMLElement} shift
   * @param {HTMLElement} cell
   */
  async #move(shift, cell) {
    const fields = /** @type {Record<string, unknown>} */ (JSON.parse(shift.dataset.fields ?? "{}"));
    const { day = "", staff = "" } = cell.dataset;
    try {
      const answer = await send("POST", `/roster/shifts/${shift.dataset.shift}/replan`, { ...fields, day, staff });
      toast(t("已改"), "done", ABOUT);
      sayWhatOpened(answer);
      document.body.dispatchEvent(new CustomEvent("roster:changed"));
    } catch (refusal) {
      toast(sentenceOf(refusal), "problem", ABOUT);
    }
  }
}

/**
 * @param {HTMLElement} element
 * @returns {() => void}
 */
export function mount(element) {
  const calendar = new Calendar(element);
  const sheet = find("#roster-sheet", HTMLDialogElement, element);
  element.addEventListener("keydown", (event) => calendar.pressed(event));
  element.addEventListener("click", (event) => calendar.clicked(event));
  element.addEventListener("dragstart", (event) => calendar.lifted(event));
  element.addEventListener("dragover", (event) => calendar.over(event));
  element.addEventListener("drop", (event) => void calendar.dropped(event));
  element.addEventListener("command:done", (event) => calendar.done(event));
  sheet.addEventListener("close", () => calendar.closed());
  mountRepeat(sheet);
  return () => sheet.close();
}
