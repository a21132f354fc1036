// The record: any field alone is a draft, saved while it is written and kept in this browser until
// the server has it; what is shown of it is what the server said. Another's version is merged, and
// nothing is overwritten. Risk only rises here; lowering it is a supervisor's.

import { newKey, Refusal, send, sentenceOf } from "./api.js";
import { now, timeOfDay } from "./clock.js";
import { DraftKeeper } from "./draft_keeper.js";
import { find, nearest } from "./find.js";
import { keepRules, rulesOf, sayMissing, setValues } from "./form_values.js";
import { draftsLeftBy, dropDraft, openDraft } from "./kept_drafts.js";
import { chosen, mergeValues, saysTheSame } from "./merging.js";
import { hideClashes, showClashes } from "./record_clash.js";
import { drawnValues, followForm, goToField, inFields, inForm, missingIn, takeNotes, valuesOf } from "./record_form.js";
import { noteSaved, savedLast } from "./saved_versions.js";
import { isUnclear, isWorthAnother, kindOf, missingOf, SaveState } from "./save_state.js";
import { toast, unsay } from "./toast.js";
import { t } from "./words.js";

/** @typedef {import("./merging.js").Values} Values */
/** @typedef {{ values: Values, version: number, who: string, at: string }} Newer a version that is not of this page */
/** @typedef {{ key: string, values: Values, version: number, ready: boolean, changes: number, at: string }} Save */

const QUIET_MS = 1200;
const AGAIN_MS = 3000;
const ABOUT = "record";

/** One record, from its mounting until it is let go of. */
class RecordForm {
  #form;
  #state;
  #keeping;
  #keeper;
  #tabs;
  #path;
  #changes = 0;
  #savedChanges = 0;
  #keptChanges = 0;
  #writtenAt = ""; // when the last word was
  /** @type {Promise<void>} one after the other: an older text never lands on a newer one */
  #last = Promise.resolve();
  /** What this page has seen of the server: the values, and which version they are. */
  #base;
  #version;
  /** @type {Save | null} sent, and nobody knows whether it arrived: asked again before anything else */
  #asked = null;
  /** @type {Newer | null} says something else where this page does too: a person has to choose */
  #clash = null;
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    const call = form.dataset.call ?? "";
    this.#form = form;
    this.#state = new SaveState(form);
    this.#keeping = find("[data-keeping]", HTMLElement, form);
    const { owner = "", sealKey = "" } = this.#keeping.dataset;
    this.#keeper = new DraftKeeper({ owner, call, sealKey });
    this.#tabs = new BroadcastChannel(`hotline.record.${owner}.${call}`);
    this.#path = `/calls/${call}/record`;
    this.#version = Number(form.dataset.version);
    followForm(form);
    this.#base = drawnValues(form);
    keepRules(this.#form);
    if (form.dataset.saved) this.#state.saved(form.dataset.saved);
    this.#tabs.addEventListener("message", ({ data }) => this.#hear(data));
    if (!saysTheSame(valuesOf(form), this.#base)) this.changed(); // she wrote before this was here
    void this.#takeUp(owner, call, sealKey);
    if (savedLast(call) > this.#version) void this.#fetchNewer(t("您在另一个窗口")); // drawn before that
  }

  get #isUnsaved() {
    return this.#changes > this.#savedChanges;
  }

  get isAtRisk() {
    return this.#isUnsaved && this.#keptChanges < this.#changes;
  }

  /** Something was written or chosen: kept here at once, and saved as soon as it is quiet. */
  changed() {
    this.#note(new Date(now()).toISOString());
    keepRules(this.#form);
    void this.#keep();
    if (this.#clash) return; // saving again is a decision
    this.#state.notYet();
    this.#saveSoon();
  }

  /**
   * The person is done: save and leave, or say what is missing.
   * @param {Event} event
   */
  async finish(event) {
    event.preventDefault();
    const ready = this.#form.querySelector("[type=submit][data-ready]") !== null;
    const missing = missingIn(this.#form);
    if (missing[0]) {
      toast(sayMissing(this.#form, missing), "problem", ABOUT);
      goToField(this.#form, missing[0]);
      await this.saveNow();
    } else if (await this.saveNow({ ready })) {
      unsay(ABOUT);
      this.#leave();
    } else if (kindOf(this.#state.refusal) === "RecordUnfinished") {
      toast(sayMissing(this.#form, missingOf(this.#state.refusal)), "problem", ABOUT);
      await this.saveNow();
    } else toast(this.#state.words, "problem", ABOUT);
  }

  /** Ready for the next call; what is missing is due. */
  async finishLater() {
    if (!(await this.saveNow()) && this.isAtRisk) {
      toast(this.#state.words, "problem", ABOUT);
      return;
    }
    try {
      await send("PUT", "/me/presence", { state: "ready", finish_later: true });
      toast(t("记录放在“今天等着我的”里，稍后补写。"), "done", ABOUT);
    } catch (refusal) {
      toast(sentenceOf(refusal), "problem", ABOUT);
    }
  }

  letGo() {
    clearTimeout(this.#timer);
    void this.#close();
  }

  /** The last words go to the server; where they do not, the next page takes them up from here. */
  async #close() {
    if (this.#isUnsaved && !(await this.saveNow())) {
      if (this.isAtRisk) toast(t("最后几个字没有保存，请打开记录看一眼。"), "problem", ABOUT);
      else toast(t("最后几个字还没有存上，已加密留在这台电脑上。打开记录会自动找回。"), "problem", ABOUT);
    }
    clearTimeout(this.#timer);
    this.#tabs.close();
    await this.#keeper.letGo();
    document.dispatchEvent(new CustomEvent("record:closed"));
  }

  /**
   * Everything written so far. Whether the server has it; why not stands on the form.
   * @param {{ ready?: boolean }} [options] `ready`: whether the person takes calls again
   */
  async saveNow({ ready = false } = {}) {
    clearTimeout(this.#timer);
    const saving = this.#last.then(() => this.#put(ready));
    this.#last = saving.catch(() => {});
    try {
      await saving;
      return this.#clash === null;
    } catch (refusal) {
      await this.#meetRefusal(refusal);
      return kindOf(refusal) === "RecordChanged" && !this.#isUnsaved;
    }
  }

  /** @param {number} [pause] in milliseconds */
  #saveSoon(pause = QUIET_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.saveNow(), pause);
  }

  /** @param {string} at when something was written */
  #note(at) {
    this.#changes += 1;
    this.#writtenAt = at;
    this.#form.dataset.unsaved = "";
  }

  #sayUnsaved() {
    if (this.#clash) this.#state.clashes();
    else this.#state.unsaved(this);
  }

  /** @param {unknown} refusal */
  async #meetRefusal(refusal) {
    this.#state.refusal = refusal;
    if (refusal instanceof Refusal && refusal.kind === "RecordChanged") {
      await this.#fetchNewer(String(refusal.facts.saved_by));
      return;
    }
    await this.#keep();
    if (kindOf(refusal) === "RecordUnfinished") this.#state.notYet();
    else this.#sayUnsaved();
    if (isWorthAnother(refusal)) this.#saveSoon(AGAIN_MS);
  }

  /**
   * Another has saved since: what they wrote is read, which leaves a trace as any reading does.
   * @param {string} who
   */
  async #fetchNewer(who) {
    try {
      const found = /** @type {import("./record_form.js").Opened} */ (await send("GET", this.#path));
      const { version, saved_at: at } = found;
      this.#meet({ values: inFields(this.#form, found), version, at, who });
    } catch (refusal) {
      await this.#meetRefusal(refusal);
    }
  }

  /**
   * Another window of the same person has saved.
   * @param {{ values: Values, version: number, at: string }} heard
   */
  #hear({ values, version, at }) {
    if (version > this.#version) this.#meet({ values, version, at, who: t("您在另一个窗口") });
  }

  /**
   * Brings another version and what is written here together, or shows where only a person can.
   * @param {Newer} newer
   */
  #meet(newer) {
    if (this.#asked && saysTheSame(this.#asked.values, newer.values)) this.#base = newer.values; // it was ours
    const { values, clashes } = this.#mergedWith(newer);
    setValues(this.#form, values);
    keepRules(this.#form);
    this.#clash = clashes.length ? newer : null;
    if (clashes.length === 0) {
      this.#standOn(newer);
      return;
    }
    void this.#keep();
    this.#sayUnsaved();
    showClashes(this.#form, clashes, newer, (choices) => this.#decide(newer, choices));
  }

  /** @param {Newer} newer */
  #mergedWith(newer) {
    const versions = { base: this.#base, mine: valuesOf(this.#form), theirs: newer.values };
    return mergeValues(versions, rulesOf(this.#form));
  }

  /**
   * @param {Newer} newer
   * @param {Map<string, import("./merging.js").Choice>} choices
   */
  #decide(newer, choices) {
    const { values, clashes } = this.#mergedWith(newer); // she may have written on meanwhile
    if (clashes.some(({ name }) => !choices.has(name))) {
      showClashes(this.#form, clashes, newer, (again) => this.#decide(newer, again));
      return;
    }
    for (const clash of clashes) values[clash.name] = chosen(clash, choices.get(clash.name) ?? "both");
    setValues(this.#form, values);
    this.#standOn(newer);
  }

  /**
   * What is on the form is on top of this version from now on.
   * @param {Newer} newer
   */
  #standOn(newer) {
    [this.#base, this.#version, this.#clash, this.#asked] = [newer.values, newer.version, null, null];
    hideClashes(this.#form);
    keepRules(this.#form);
    if (saysTheSame(valuesOf(this.#form), newer.values)) {
      this.#savedChanges = this.#changes;
      this.#settle(newer.at);
      return;
    }
    this.#note(this.#writtenAt || new Date(now()).toISOString());
    void this.#keep();
    this.#saveSoon(0);
  }

  /** @param {string} at when all that is written here was saved */
  #settle(at) {
    delete this.#form.dataset.unsaved;
    void this.#keeper.drop();
    this.#state.saved(at);
  }

  async #keep() {
    const [changes, asked] = [this.#changes, this.#asked?.values ?? null];
    const draft = { values: valuesOf(this.#form), base: this.#base, version: this.#version, asked, at: this.#writtenAt };
    const isKept = this.#isUnsaved ? await this.#keeper.keep(draft) : null;
    if (isKept) this.#keptChanges = Math.max(this.#keptChanges, changes);
    return isKept;
  }

  /**
   * What an earlier page of this record left behind, of this person.
   * @param {string} owner
   * @param {string} call
   * @param {string} sealKey
   */
  async #takeUp(owner, call, sealKey) {
    const left = await draftsLeftBy(owner).catch(() => []);
    for (const entry of left.filter((one) => one.call === call)) {
      const draft = await openDraft(entry, sealKey);
      if (!draft || this.#clash) continue;
      this.#bringBack(draft);
      if (!this.#isUnsaved || (await this.#keep())) await dropDraft(entry.id);
    }
  }

  /** @param {import("./kept_drafts.js").Draft} draft */
  #bringBack(draft) {
    const isWriting = this.#isUnsaved;
    const there = { values: valuesOf(this.#form), version: this.#version, at: this.#form.dataset.saved || draft.at, who: t("别人或另一个窗口") };
    const wasStored = draft.asked !== null && saysTheSame(draft.asked, there.values);
    this.#base = wasStored ? there.values : draft.base;
    setValues(this.#form, draft.values);
    this.#note(draft.at);
    this.#meet(there);
    if (this.#isUnsaved) toast(t("找回了 {time} 写的、没有存上的内容。", { time: timeOfDay(draft.at) }), "done", ABOUT);
    else if (isWriting) this.changed(); // it held no more than was written here since, which nobody has
  }

  #leave() {
    const rest = this.#form.dataset.rest ?? "";
    void window.htmx.ajax("get", rest, { target: "#main", select: "#main", swap: "outerHTML" });
  }

  /**
   * Raises Refusal.
   * @param {boolean} ready
   */
  async #put(ready) {
    if (this.#clash) {
      this.#sayUnsaved();
      return;
    }
    if (this.#asked) {
      await this.#ask(this.#asked);
      if (!ready && !this.#isUnsaved) return;
    }
    const [key, changes, version] = [newKey(), this.#changes, this.#version];
    await this.#ask({ key, values: valuesOf(this.#form), version, ready, changes, at: this.#writtenAt });
  }

  /**
   * One save, the same for every try of it. Raises Refusal.
   * @param {Save} save
   */
  async #ask(save) {
    this.#asked = save;
    this.#state.saving();
    const { values, version, ready, key, at } = save;
    const body = { ...inForm(this.#form, values), version, ready, writer: this.#keeping.dataset.owner, written_at: at || null };
    try {
      const kept = /** @type {{ saved_at: string, version: number }} */ (await send("PUT", this.#path, body, { key }));
      this.#noteSaved(save, kept);
    } catch (refusal) {
      this.#asked = isUnclear(refusal) ? { ...save, ready: false } : null;
      throw refusal;
    }
  }

  /**
   * @param {Save} save
   * @param {{ saved_at: string, version: number }} kept
   */
  #noteSaved({ values, changes }, { version, saved_at: at }) {
    [this.#asked, this.#base, this.#version] = [null, values, version];
    this.#savedChanges = changes;
    this.#tabs.postMessage({ values, version, at });
    noteSaved(this.#form.dataset.call ?? "", version);
    if (this.#isUnsaved) this.#state.notYet();
    else this.#settle(at);
  }
}

/** @type {RecordForm | null} the one on the page */
let present = null;

/** Whether all that was written on this page is safe: with the server, or kept here. */
export async function savePresentRecord() {
  return present ? (await present.saveNow()) || !present.isAtRisk : true;
}

/**
 * Called by the shell when the form is there; returns how to let go of it.
 * @param {HTMLFormElement} form
 */
export function mount(form) {
  const record = new RecordForm(form);
  present = record;
  const stay = (/** @type {Event} */ event) => record.isAtRisk && event.preventDefault();
  form.addEventListener("input", () => record.changed());
  form.addEventListener("submit", (event) => void record.finish(event));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void record.finish(event);
  });
  form.addEventListener("click", (event) => {
    if (nearest(event, "[data-finish-later]", HTMLButtonElement)) void record.finishLater();
  });
  window.addEventListener("beforeunload", stay);
  const takeNoMore = takeNotes(form);
  return () => {
    takeNoMore();
    window.removeEventListener("beforeunload", stay);
    if (present === record) present = null;
    record.letGo();
  };
}
