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

/** The panel on the page. */
class Materials {
  #panel;
  #box;
  #found;
  /** @type {HTMLElement | null} where the focus was */
  #before = null;
  /** @type {Record<string, () => void>} */
  #keys = { Escape: () => this.#goBack(), ArrowDown: () => this.#move(1), ArrowUp: () => this.#move(-1) };

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#box = find("[data-find]", HTMLInputElement, panel);
    this.#found = find("[data-found]", HTMLElement, panel);
  }

  get #summaries() {
    return findAll("[data-item]:not([hidden]) > summary", HTMLElement, this.#panel);
  }

  /** Only what holds every word that was typed stays in sight. */
  filter() {
    const words = this.#box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of findAll("[data-item]", HTMLElement, this.#panel)) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
    this.#found.textContent = this.#summaries.length ? "" : (this.#found.dataset.none ?? "");
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.isComposing) return; // the keys choose a Chinese word
    const { target, key } = event;
    if (target instanceof HTMLInputElement && target !== this.#box && key !== "Escape") return;
    const act = key === "Enter" && target === this.#box ? () => this.#showFirst() : this.#keys[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** @param {Event} event */
  clicked(event) {
    const button = nearest(event, "button", HTMLButtonElement);
    if (!button) return;
    if ("openMaterials" in button.dataset) this.#open();
    else if (button.dataset.see) this.#show(button.dataset.see);
    else if (button.dataset.noteReferral) note(button.dataset.noteReferral);
  }

  #open() {
    const active = document.activeElement;
    if (active instanceof HTMLElement && !this.#panel.contains(active)) this.#before = active;
    fitFirst(this.#panel);
    this.#box.focus();
    this.#box.select();
  }

  #goBack() {
    if (this.#before?.isConnected) this.#before.focus();
    else this.#box.blur();
  }

  /** @param {number} step */
  #move(step) {
    const stops = [this.#box, ...this.#summaries];
    const active = document.activeElement;
    const here = stops.findIndex((stop) => stop === active || stop.parentElement?.contains(active));
    stops[Math.min(stops.length - 1, Math.max(0, here + step))]?.focus();
  }

  #showFirst() {
    this.#show(this.#summaries[0]?.parentElement?.id ?? "");
  }

  /** @param {string} id */
  #show(id) {
    const item = document.getElementById(id);
    if (!(item instanceof HTMLDetailsElement)) return;
    item.hidden = false;
    item.open = true;
    item.querySelector("summary")?.focus();
  }
}

/**
 * Called by the shell when the panel is there; returns how to let go of it.
 * @param {HTMLElement} panel
 */
export function mount(panel) {
  const materials = new Materials(panel);
  panel.addEventListener("input", () => materials.filter());
  panel.addEventListener("htmx:afterSwap", () => materials.filter());
  panel.addEventListener("keydown", (event) => materials.pressed(event));
  panel.addEventListener("click", (event) => materials.clicked(event));
  find("[data-open-materials]", HTMLButtonElement, panel).disabled = false; // it finds from now on
  return () => {}; // what listens goes away with the panel
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
