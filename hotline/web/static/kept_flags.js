// Flags that are not sent yet, kept in the browser: an entry of its own for each press, so that two
// tabs never write over one another. What was written about the child is sealed with a key that the
// server gives only to who raised the flag; the rest names nobody. Leaves sending to flags.js.

import { seal, unseal } from "./sealing.js";

/**
 * `owner`: who raised it, as an id. `alarm`: the number to ring by hand meanwhile. `summary` is null
 * where it cannot be opened here.
 * @typedef {object} Flag
 * @property {string} key
 * @property {string} owner
 * @property {string} call
 * @property {string} alarm
 * @property {string} level
 * @property {string} [station]
 * @property {string} at
 * @property {boolean} phoned
 * @property {string | null} summary
 */

/**
 * As it lies on the shelf. `isSealing`: its words follow in a moment.
 * @typedef {Omit<Flag, "key" | "summary"> & { sealed?: string, words?: string, isSealing?: boolean }} Entry
 */

const PREFIX = "hotline.flag.";

/**
 * Without https a browser has no ciphers: then the words live as long as the tab, and no longer.
 * @returns {Storage[]}
 */
function shelves() {
  try {
    return window.isSecureContext ? [localStorage] : [sessionStorage];
  } catch {
    return []; // the browser keeps nothing for us; the flags live in the page alone
  }
}

/**
 * @param {string} words
 * @param {string} sealKey
 */
async function sealedText(words, sealKey) {
  return btoa(String.fromCharCode(...(await seal(words, sealKey))));
}

/**
 * @param {Entry} entry
 * @param {string} sealKey
 * @returns {Promise<string | null>}
 */
async function wordsOf(entry, sealKey) {
  if (entry.words !== undefined) return entry.words;
  if (!entry.sealed) return "";
  return unseal(Uint8Array.from(atob(entry.sealed), (letter) => letter.charCodeAt(0)), sealKey);
}

/**
 * @param {string} key
 * @param {Entry} entry
 */
function put(key, entry) {
  for (const shelf of shelves()) {
    try {
      shelf.setItem(PREFIX + key, JSON.stringify(entry));
    } catch {
      // full, or forbidden: the page still has it and goes on sending
    }
  }
}

/**
 * Keeps a flag: at once without its words, then with them. `isWanted`: false when it was sent
 * meanwhile, and must not come back.
 * @param {Flag} flag
 * @param {string} sealKey
 * @param {() => boolean} isWanted
 */
export async function keep({ key, summary, ...rest }, sealKey, isWanted) {
  if (!window.isSecureContext) {
    put(key, { ...rest, words: summary ?? "" });
    return;
  }
  put(key, { ...rest, isSealing: true });
  const sealed = summary ? await sealedText(summary, sealKey) : "";
  if (isWanted()) put(key, { ...rest, sealed });
}

/**
 * Somebody phoned: said of a kept flag without touching its words.
 * @param {string} key
 */
export function notePhoned(key) {
  for (const shelf of shelves()) {
    const kept = shelf.getItem(PREFIX + key);
    if (kept) put(key, { ...JSON.parse(kept), phoned: true });
  }
}

/** @param {string} key */
export function forget(key) {
  for (const shelf of shelves()) shelf.removeItem(PREFIX + key);
}

/**
 * @param {string} name
 * @param {string | null} kept
 * @returns {[key: string, entry: Entry] | null}
 */
function read(name, kept) {
  if (!name.startsWith(PREFIX) || !kept) return null;
  return [name.slice(PREFIX.length), JSON.parse(kept)];
}

/** Everything that is kept, whoever raised it. */
export function keptEntries() {
  return shelves().flatMap((shelf) =>
    Object.keys(shelf)
      .map((name) => read(name, shelf.getItem(name)))
      .filter((entry) => entry !== null),
  );
}

/**
 * The same flag, with its words where they open.
 * @param {string} key
 * @param {Entry} entry
 * @param {string} sealKey
 * @returns {Promise<Flag>}
 */
export async function opened(key, entry, sealKey) {
  const { owner, call, alarm, level, at, phoned } = entry;
  return { key, owner, call, alarm, level, at, phoned, summary: await wordsOf(entry, sealKey) };
}

/**
 * What another tab keeps or forgets. A flag whose words are still being sealed is not told of: sent
 * from here it would be sent without them.
 * @param {(key: string, entry: Entry | null) => void} heard
 */
export function followOtherTabs(heard) {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (!key?.startsWith(PREFIX)) return;
    /** @type {Entry | null} */
    const entry = newValue ? JSON.parse(newValue) : null;
    if (!entry?.isSealing) heard(key.slice(PREFIX.length), entry);
  });
}
