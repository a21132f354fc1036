// Scripts and referral places beside the record: found while one types, walked through by arrows, and
// Esc brings the focus back to where it was. Everything is on the page already: nothing is fetched.

import { find, findAll, nearest } from "./find.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const ALARMING = ["high", "imminent"];

/** @param {HTMLElement} panel */
function isInDanger(panel) {
  const risk = findAll("[name=risk]:checked", HTMLInputElement)[0]?.value ?? "";
  return panel.dataset.danger === "true" || ALARMING.includes(risk);
}

/**
 * What fits the call as the record tells it now stands first; all else keeps its order.
 * @param {HTMLElement} panel
 */
function fitFirst(panel) {
  const topics = findAll("[name=topics]:checked", HTMLInputElement).map((box) => box.value);
  const danger = isInDanger(panel);
  const list = find("[data-scripts]", HTMLElement, panel);
  /** @param {HTMLElement} item */
  const rank = ({ dataset }) => {
    if (danger && dataset.fits === "danger") return 0;
    return topics.some((topic) => dataset.topics?.split(" ").includes(topic)) ? 1 : 2;
  };
  list.append(...findAll("[data-item]", HTMLElement, list).sort((one, other) => rank(one) - rank(other)));
}

/**
 * Called by the shell when the panel is there; returns how to let go of it.
 * @param {HTMLElement} panel
 */
export function mount(panel) {
  const box = find("[data-find]", HTMLInputElement, panel);
  const found = find("[data-found]", HTMLElement, panel);
  /** @type {HTMLElement | null} where the focus was */
  let before = null;

  const items = () => findAll("[data-item]", HTMLElement, panel);
  const summaries = () => findAll("[data-item]:not([hidden]) > summary", HTMLElement, panel);
  const filter = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items()) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
    found.textContent = words.length && !summaries().length ? (found.dataset.none ?? "") : "";
  };
  const open = () => {
    const active = document.activeElement;
    if (active instanceof HTMLElement && !panel.contains(active)) before = active;
    fitFirst(panel);
    box.focus();
    box.select();
  };
  const goBack = () => {
    if (before?.isConnected) before.focus();
    else box.blur();
  };
  /** @param {number} step */
  const move = (step) => {
    const stops = [box, ...summaries()];
    const active = document.activeElement;
    const here = stops.findIndex((stop) => stop === active || stop.parentElement?.contains(active));
    stops[Math.min(stops.length - 1, Math.max(0, here + step))]?.focus();
  };
  /** @param {string | undefined} id */
  const show = (id) => {
    const item = document.getElementById(id ?? "");
    if (!(item instanceof HTMLDetailsElement)) return;
    item.hidden = false;
    item.open = true;
    item.querySelector("summary")?.focus();
  };
  /** @type {Record<string, () => void>} */
  const keys = { Escape: goBack, ArrowDown: () => move(1), ArrowUp: () => move(-1) };

  box.addEventListener("input", filter);
  panel.addEventListener("htmx:afterSwap", filter);
  panel.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the keys choose a Chinese word
    if (event.target instanceof HTMLInputElement && event.target !== box && event.key !== "Escape") return;
    const isFirst = event.key === "Enter" && event.target === box;
    const act = isFirst ? () => show(summaries()[0]?.parentElement?.id) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  panel.addEventListener("click", (event) => {
    const button = nearest(event, "button", HTMLButtonElement);
    if (!button) return;
    if ("openMaterials" in button.dataset) open();
    else if (button.dataset.see) show(button.dataset.see);
    else if (button.dataset.noteReferral) note(button.dataset.noteReferral);
  });
  return () => {};
}

/**
 * Whoever holds the record writes it down, and says so by taking the event.
 * @param {string} text
 */
function note(text) {
  const wanted = new CustomEvent("record:note", { detail: { text }, cancelable: true });
  if (document.dispatchEvent(wanted)) toast(t("这里没有打开的记录，没有写进去。"), "problem", "note");
  else toast(t("写进记录了"), "done", "note");
}
