// The floor as it was: the slider, the steps and the play of its moments. Each moment is fetched as a
// whole; while one is on its way, the next one that is wished for waits, and those between are left out.
// At the end of the stretch under the slider the page of the next stretch is opened.

import { find, nearest } from "./find.js";

const TICK = 1000;
const STEP_S = 10;
const TYPING = "input:not([type=range]), textarea, select";
const STEPS = new Map([["ArrowLeft", -1], ["ArrowRight", 1]]);
const PLAYS = "plays";
const HERE_MS = 8 * 3600 * 1000; // the clocks of Guangdong, all year

/** @param {number} milliseconds a moment as a field of the page has it, by the clocks here */
function written(milliseconds) {
  return new Date(milliseconds + HERE_MS).toISOString().slice(0, 19);
}

class Past {
  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    this.slider = find("[data-past-slider]", HTMLInputElement, page);
    this.field = find("[data-past-field]", HTMLInputElement, page);
    this.speed = find("[data-past-speed]", HTMLSelectElement, page);
    this.play = find("[data-past-play]", HTMLButtonElement, page);
    this.floor = find("#floor-past", HTMLElement, page);
    this.begin = Date.parse(page.dataset.begin ?? "");
    this.last = Number(page.dataset.last);
    this.at = Number(page.dataset.at);
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.playing = undefined;
    this.isWished = false;
    this.isBusy = false;
  }

  /** @param {number} second of the stretch */
  query(second) {
    return `?at=${encodeURIComponent(new Date(this.begin + second * 1000).toISOString())}`;
  }

  /** @param {number} second of the stretch */
  pageOf(second) {
    const { page = "", stretch = "" } = this.page.dataset;
    return `${page}${this.query(second)}&stretch=${stretch}`;
  }

  /** Whether a moment lies in another stretch, which is past as well. @param {number} second */
  isElsewhere(second) {
    const end = Number(this.slider.max);
    return second < 0 || (second > end && this.last >= end);
  }

  /** @param {number} second of the stretch */
  goTo(second) {
    if (this.isElsewhere(second)) {
      if (this.playing !== undefined) sessionStorage.setItem(PLAYS, this.speed.value);
      this.stop();
      location.assign(this.pageOf(second));
      return;
    }
    if (second > this.last) this.stop();
    this.at = Math.min(second, this.last);
    this.show();
    void this.fetchFloor();
  }

  show() {
    this.slider.value = String(this.at);
    this.field.value = written(this.begin + this.at * 1000);
    find("[data-past-moment]", HTMLElement, this.page).textContent = this.field.value.replace("T", " ");
    history.replaceState(history.state, "", this.pageOf(this.at));
  }

  async fetchFloor() {
    this.isWished = true;
    if (this.isBusy) return;
    this.isBusy = true;
    this.floor.classList.add("is-coming");
    while (this.isWished && this.page.isConnected) {
      this.isWished = false;
      const asked = `${this.page.dataset.part ?? ""}${this.query(this.at)}`;
      const how = { target: this.floor, swap: "morph:innerHTML" };
      await window.htmx.ajax("get", asked, how).catch(() => undefined);
    }
    this.floor.classList.remove("is-coming");
    this.isBusy = false;
  }

  start() {
    this.playing = setInterval(() => this.goTo(this.at + Number(this.speed.value)), TICK);
    this.showPlay();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = undefined;
    this.showPlay();
  }

  showPlay() {
    const isPlaying = this.playing !== undefined;
    this.play.setAttribute("aria-pressed", String(isPlaying));
    find("[data-play-shown]", HTMLElement, this.play).hidden = isPlaying;
    find("[data-pause-shown]", HTMLElement, this.play).hidden = !isPlaying;
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const way = STEPS.get(event.key);
    if (way === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.matches(TYPING)) return;
    event.preventDefault();
    this.goTo(this.at + way * (event.shiftKey ? 6 * STEP_S : STEP_S));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const step = nearest(event, "[data-past-step]", HTMLButtonElement);
    if (step) this.goTo(this.at + Number(step.dataset.pastStep));
    if (!nearest(event, "[data-past-play]", HTMLButtonElement)) return;
    if (this.playing === undefined) this.start();
    else this.stop();
  }

  /** What was played when the stretch before came to its end plays on. */
  goesOn() {
    const speed = sessionStorage.getItem(PLAYS);
    sessionStorage.removeItem(PLAYS);
    if (speed === null) return;
    this.speed.value = speed;
    this.start();
  }
}

/** @param {HTMLElement} page */
export function mount(page) {
  const past = new Past(page);
  const pressed = (/** @type {KeyboardEvent} */ event) => past.pressed(event);
  past.slider.addEventListener("input", () => past.goTo(Number(past.slider.value)));
  page.addEventListener("click", (event) => past.clicked(event));
  document.addEventListener("keydown", pressed);
  past.goesOn();
  return () => {
    past.stop();
    document.removeEventListener("keydown", pressed);
  };
}
