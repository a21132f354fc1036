// What was written of records and is not with the server, kept in this browser over reloads, crashes
// and log-ins. Sealed: without the key that the server gives to its writer alone it says nothing but
// whose and of which call. Leaves saving to record.js.

import { now } from "./clock.js";
import { seal, unseal } from "./sealing.js";

/** @typedef {import("./merging.js").Values} Values */

/**
 * `base`: what its writer had before them, `version`: of that. `asked`: what was sent last without an
 * answer. `at`: when the last word was written.
 * @typedef {{ values: Values, base: Values, version: number, asked: Values | null, at: string }} Draft
 */

/** @typedef {{ id: string, owner: string, call: string, at: number, sealed: Uint8Array<ArrayBuffer> }} Entry as it lies there */
/** @typedef {{ id: string, owner: string, call: string }} Place of one form: whose, of which call */

const [NAME, STORE] = ["hotline", "drafts"];
const LASTS_MS = 7 * 24 * 3600 * 1000; // from one shift to the next, with days off between
const LOCK = "hotline.draft.";

/** Without https a browser has neither ciphers nor locks: then nothing is kept, and that is said. */
export const canKeep = () => window.isSecureContext && "indexedDB" in window && "locks" in navigator;

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("nothing was kept")));
    request.addEventListener("blocked", () => reject(new Error("another page holds the drafts")));
  });
}

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

function database() {
  if (opening) return opening;
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE, { keyPath: "id" }));
  opening = answered(request);
  opening.catch(() => (opening = null)); // the next try opens it anew
  return opening;
}

/**
 * On the disk when it is over, and not only on the way there.
 * @param {(store: IDBObjectStore) => void} change
 * @returns {Promise<void>}
 */
async function write(change) {
  const work = (await database()).transaction(STORE, "readwrite", { durability: "strict" });
  change(work.objectStore(STORE));
  return new Promise((resolve, reject) => {
    work.addEventListener("complete", () => resolve());
    work.addEventListener("abort", () => reject(work.error ?? new Error("nothing was kept")));
  });
}

/** @param {Place} place */
const sealPlace = ({ id, owner, call }) => `${owner}/${call}/${id}`;

/**
 * Rejects where the browser keeps nothing.
 * @param {Place} place
 * @param {Draft} draft
 * @param {string} sealKey
 */
export async function keepDraft(place, draft, sealKey) {
  const sealed = await seal(JSON.stringify(draft), sealKey, sealPlace(place));
  await write((store) => store.put({ ...place, at: now(), sealed }));
}

/** @param {string} id */
export async function dropDraft(id) {
  await write((store) => store.delete(id));
}

/**
 * @param {Entry} entry
 * @param {string} sealKey
 * @returns {Promise<Draft | null>} null where it is another's, or was tampered with
 */
export async function openDraft(entry, sealKey) {
  const words = await unseal(entry.sealed, sealKey, sealPlace(entry));
  return words === null ? null : JSON.parse(words);
}

/**
 * The forms that are open in some tab, by the ids of their drafts: a lock goes with its tab.
 * @returns {Promise<Set<string>>}
 */
async function open() {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name = "" }) => name.slice(LOCK.length)));
}

/**
 * What a person's tabs that are gone have left here, the oldest first. What is older than it may be
 * goes away, whoever wrote it.
 * @param {string} owner
 * @returns {Promise<Entry[]>}
 */
export async function draftsLeftBy(owner) {
  if (!canKeep()) return [];
  const store = (await database()).transaction(STORE).objectStore(STORE);
  /** @type {Entry[]} */
  const all = await answered(store.getAll());
  const oldest = now() - LASTS_MS;
  for (const { id } of all.filter(({ at }) => at < oldest)) void dropDraft(id);
  const present = await open();
  const theirs = all.filter((entry) => entry.owner === owner && entry.at >= oldest && !present.has(entry.id));
  return theirs.sort((one, other) => one.at - other.at);
}

/**
 * While its form is open nobody else takes the draft up. Returns how to let go.
 * @param {string} id
 */
export function holdDraft(id) {
  /** @type {() => void} */
  let letGo = () => {};
  const gone = new Promise((resolve) => (letGo = () => resolve(null)));
  if (canKeep()) void navigator.locks.request(LOCK + id, () => gone);
  return letGo;
}
