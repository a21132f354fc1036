// What a change of the configuration would do, shown before it is put in force.

import { send, sentenceOf } from "./api.js";
import { find } from "./find.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** @typedef {{ path: string, line: number, said: string, field?: string }} Place */
/** @typedef {{ faults: Place[], warnings: Place[], differences: string[], changes: { path: string, lines: string[] }[], files?: Record<string, string> }} Verdict */
/** @typedef {{ base: number, files: Record<string, string | null>, language: string }} Draft */

export const PAUSE = 800;
const PATIENCE = 30000; // the plans of every line are looked through
const ABOUT = "configuration";

/**
 * @param {string} kind
 * @param {string} text
 * @param {string} [look] a class of its own
 */
export function element(kind, text, look = "") {
  const made = document.createElement(kind);
  made.textContent = text;
  made.className = look;
  return made;
}

/** @param {string} line of a unified diff */
function lookOf(line) {
  if (line.startsWith("+")) return "diff-added";
  return line.startsWith("-") ? "diff-gone" : "";
}

/**
 * @param {{ path: string, lines: string[] }} change
 */
function shownChange(change) {
  const shown = element("pre", "", "diff");
  shown.tabIndex = 0;
  for (const line of change.lines) shown.append(element("span", line, lookOf(line)), "\n");
  return [element("h3", change.path), shown];
}

/** In which language the server should tell. */
export const languageHere = () => (document.documentElement.lang === "en" ? "en" : "zh");

/**
 * Shows what would change, and takes the focus there.
 * @param {HTMLElement} preview
 * @param {Verdict} told
 */
export function showChanges(preview, told) {
  const said = told.differences.length ? told.differences : [t("只改了文字或注释，热线照旧。")];
  find("[data-differences]", HTMLElement, preview).replaceChildren(...said.map((one) => element("li", one)));
  find("[data-diff]", HTMLElement, preview).replaceChildren(...told.changes.flatMap(shownChange));
  preview.hidden = false;
  preview.focus();
  preview.scrollIntoView({ block: "nearest" });
}

/**
 * What the server says of a draft; null where it said nothing, which is told in `verdict`.
 * @param {string} path
 * @param {object} draft
 * @param {HTMLElement} verdict
 */
export async function askVerdict(path, draft, verdict) {
  try {
    return /** @type {Verdict} */ (await send("POST", path, draft, { patience: PATIENCE }));
  } catch (refusal) {
    verdict.textContent = sentenceOf(refusal);
    return null;
  }
}

/**
 * Whether it worked. A refusal is said, not thrown.
 * @param {HTMLElement} preview
 * @param {HTMLButtonElement} button
 * @param {Draft} draft
 */
export async function putInForce(preview, button, draft) {
  button.disabled = true;
  const note = find("[data-note]", HTMLInputElement, preview).value;
  try {
    await send("POST", "/configuration", { ...draft, note }, { patience: PATIENCE });
    return true;
  } catch (refusal) {
    toast(sentenceOf(refusal), "problem", ABOUT);
    return false;
  } finally {
    button.disabled = false;
  }
}
