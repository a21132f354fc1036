// The floor as it is now: its parts come by a stream, the bell rings for who asks for a supervisor,
// and a table that somebody has sorted stays sorted while its rows change.

import { findAll, nearest } from "./find.js";
import { mount as mountBell } from "./help_bell.js";
import { follow } from "./part_feed.js";

/** @typedef {{ column: number, turned: boolean }} Sorting */

/** @type {Map<string, Sorting>} by the part and the place of the table in it */
const sortings = new Map();

/** @param {HTMLElement} table */
function nameOf(table) {
  const part = table.closest(".floor-part, .card");
  return `${part?.id} ${table.closest("[data-reason]")?.getAttribute("data-reason") ?? ""}`;
}

/**
 * A row, and what stands below it and belongs to it.
 * @param {HTMLElement} body
 */
function rowsOf(body) {
  /** @type {HTMLElement[][]} */
  const rows = [];
  for (const row of findAll("tr", HTMLElement, body)) {
    if (row.matches(".caller-more")) rows.at(-1)?.push(row);
    else rows.push([row]);
  }
  return rows;
}

/**
 * @param {HTMLElement[]} row
 * @param {number} column
 */
function keyOf([row], column) {
  const cell = row?.children[column];
  return cell instanceof HTMLElement ? (cell.dataset.sort ?? "") : "";
}

/** @param {HTMLElement} table */
function sort(table) {
  const sorting = sortings.get(nameOf(table));
  const body = table.querySelector("tbody");
  if (!sorting || !body) return;
  const { column, turned } = sorting;
  const rows = rowsOf(body);
  rows.sort((a, b) => keyOf(a, column).localeCompare(keyOf(b, column), undefined, { numeric: true }));
  if (turned) rows.reverse();
  body.append(...rows.flat());
  for (const button of findAll("[data-sort-by]", HTMLElement, table)) {
    const isIt = Number(button.dataset.sortBy) === column;
    button.closest("th")?.setAttribute("aria-sort", isIt ? (turned ? "descending" : "ascending") : "none");
  }
}

/** @param {MouseEvent} event */
function clicked(event) {
  const button = nearest(event, "[data-sort-by]", HTMLButtonElement);
  const table = button?.closest("table");
  if (!button || !table) return;
  const column = Number(button.dataset.sortBy);
  const before = sortings.get(nameOf(table));
  sortings.set(nameOf(table), { column, turned: before?.column === column && !before.turned });
  sort(table);
}

/** @param {HTMLElement} part */
function sortAll(part) {
  for (const table of findAll("table[data-sorted]", HTMLElement, part)) sort(table);
}

/** @param {HTMLElement} floor */
export function mount(floor) {
  floor.addEventListener("click", clicked);
  const silence = mountBell(floor);
  const leave = follow(floor, sortAll);
  return () => {
    floor.removeEventListener("click", clicked);
    silence();
    leave();
  };
}
