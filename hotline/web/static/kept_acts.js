// What officers did that is not with the server yet, kept in this browser until it is: over a lost
// network, a closed app and a log-in. In clear stand whose it is, of which escalation and which act;
// what was written is a letter that only its writer's log-in opens. Leaves sending to act_sender.js.

import { drop, makeBox, opens, take } from "./letter_box.js";

/** @typedef {import("./letter_box.js").Letter} Letter */
/** @typedef {import("./letter_box.js").LetterBox} LetterBox */

/**
 * `key`: the same for every try. `at`: when it was done, in milliseconds. `done`: what is said when it
 * has arrived. `refused`: what the server said against it. `words`: where this browser has no ciphers.
 * @typedef {object} Act
 * @property {number} [id] its place in the order
 * @property {string} key
 * @property {string} owner
 * @property {string} escalation
 * @property {string} number
 * @property {string} what
 * @property {number} at
 * @property {string} done
 * @property {string} refused
 * @property {boolean} hasWords
 * @property {Letter | null} letter
 * @property {string} [words]
 */
/** @typedef {Omit<Act, "id" | "letter" | "words">} Known */

const [NAME, ACTS, BOXES] = ["hotline.station", "acts", "boxes"];

/** Without https a browser has no ciphers: then acts live as long as the page, and that is said. */
const canKeepActs = () => window.isSecureContext && "indexedDB" in window && "locks" in navigator;

/** @type {Act[]} */
const unkept = [];

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("nothing was kept")));
  });
}

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

function database() {
  if (opening) return opening;
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore(ACTS, { keyPath: "id", autoIncrement: true });
    request.result.createObjectStore(BOXES, { keyPath: "owner" });
  });
  opening = answered(request);
  opening.catch(() => (opening = null)); // the next try opens it anew
  return opening;
}

/**
 * On the disk when it is over, and not only on the way there.
 * @param {string} name
 * @param {(store: IDBObjectStore) => void} change
 * @returns {Promise<void>}
 */
async function write(name, change) {
  const work = (await database()).transaction(name, "readwrite", { durability: "strict" });
  change(work.objectStore(name));
  return new Promise((resolve, reject) => {
    work.addEventListener("complete", () => resolve());
    work.addEventListener("abort", () => reject(work.error ?? new Error("nothing was kept")));
  });
}

/**
 * @param {string} owner
 * @returns {Promise<LetterBox | undefined>}
 */
async function boxOf(owner) {
  return answered((await database()).transaction(BOXES).objectStore(BOXES).get(owner));
}

/**
 * While the server can be asked: what the phone will need when it cannot.
 * @param {string} owner
 * @param {string} sealKey
 */
export async function setUpBox(owner, sealKey) {
  if (!canKeepActs()) return;
  const box = await boxOf(owner);
  if (box && (await opens(box, sealKey))) return;
  const made = await makeBox(owner, sealKey);
  await write(BOXES, (store) => store.put(made));
}

/** @param {Pick<Act, "owner" | "key">} act */
const placeOf = ({ owner, key }) => `${owner}/${key}`;

/**
 * Rejects where the browser keeps nothing, or was never made ready for this person.
 * @param {Known} known
 * @param {string} words the body, as JSON; empty for none
 */
export async function keepAct(known, words) {
  const box = canKeepActs() ? await boxOf(known.owner) : undefined;
  if (!box) throw new Error("this browser keeps nothing for the officer");
  const letter = await drop(box, words, placeOf(known));
  await write(ACTS, (store) => store.add({ ...known, letter }));
}

/**
 * For as long as the page is open, and no longer.
 * @param {Known} known
 * @param {string} words
 */
export function holdInPage(known, words) {
  unkept.push({ ...known, letter: null, words });
}

/** Whether something would be lost with the page. */
export const isAtRisk = () => unkept.length > 0;

/** @returns {Promise<Act[]>} */
async function readAll() {
  if (!canKeepActs()) return [];
  try {
    return await answered((await database()).transaction(ACTS).objectStore(ACTS).getAll());
  } catch {
    return []; // a private window keeps nothing
  }
}

/**
 * In the order in which they were done.
 * @param {string} owner
 * @returns {Promise<Act[]>}
 */
export async function actsOf(owner) {
  return [...(await readAll()), ...unkept].filter((act) => act.owner === owner);
}

/**
 * Its body as JSON; null where it does not open.
 * @param {Act} act
 * @param {string} sealKey
 */
export async function wordsOf(act, sealKey) {
  if (!act.letter) return act.words ?? null;
  const box = await boxOf(act.owner);
  return box ? take(box, act.letter, sealKey, placeOf(act)) : null;
}

/**
 * Whether nobody took it back meanwhile, in whatever tab.
 * @param {Act} act
 */
export async function isStillKept(act) {
  return (await actsOf(act.owner)).some(({ key }) => key === act.key);
}

/**
 * It is with the server, or its person took it back.
 * @param {Act} act
 */
export async function dropAct(act) {
  const at = unkept.indexOf(act);
  if (at >= 0) unkept.splice(at, 1);
  else if (act.id !== undefined) {
    const { id } = act;
    await write(ACTS, (store) => store.delete(id));
  }
}

/**
 * The server refused it, and will again: it waits for its person.
 * @param {Act} act
 * @param {string} refused why, in a sentence
 */
export async function noteRefused(act, refused) {
  if (unkept.includes(act)) act.refused = refused;
  else if (await isStillKept(act)) await write(ACTS, (store) => store.put({ ...act, refused }));
}
