// Words that a phone keeps without a network: anybody may drop them in, and only the writer's log-in
// opens them. The key that drops lies in the browser; the one that opens is sealed with the key that
// the server gives to its person alone, so a lost phone tells nobody what was written.

import { seal, unseal } from "./sealing.js";

/**
 * `open`: the half that anybody may have. `sealed`: the other one.
 * @typedef {{ owner: string, open: ArrayBuffer, sealed: Uint8Array<ArrayBuffer> }} LetterBox
 */
/** @typedef {{ from: ArrayBuffer, sealed: Uint8Array<ArrayBuffer> }} Letter */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const BITS = 256;

/** @param {ArrayBuffer} bytes */
const hexOf = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} owner */
const boxPlace = (owner) => `box/${owner}`;

/**
 * @param {string} owner
 * @param {string} sealKey
 * @returns {Promise<LetterBox>}
 */
export async function makeBox(owner, sealKey) {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const secret = JSON.stringify(await crypto.subtle.exportKey("jwk", pair.privateKey));
  const open = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { owner, open, sealed: await seal(secret, sealKey, boxPlace(owner)) };
}

/**
 * The key of one letter: only the two halves that met here come to it.
 * @param {CryptoKey} mine
 * @param {CryptoKey} theirs
 */
async function keyBetween(mine, theirs) {
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine, BITS);
  return hexOf(await crypto.subtle.digest("SHA-256", shared));
}

/** @param {ArrayBuffer} raw */
const openHalf = (raw) => crypto.subtle.importKey("raw", raw, CURVE, true, []);

/**
 * @param {LetterBox} box
 * @param {string} words
 * @param {string} place elsewhere it does not open
 * @returns {Promise<Letter>}
 */
export async function drop(box, words, place) {
  const once = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const key = await keyBetween(once.privateKey, await openHalf(box.open));
  return { from: await crypto.subtle.exportKey("raw", once.publicKey), sealed: await seal(words, key, place) };
}

/**
 * The words; null where they do not open.
 * @param {LetterBox} box
 * @param {Letter} letter
 * @param {string} sealKey
 * @param {string} place
 */
export async function take(box, letter, sealKey, place) {
  const secret = await unseal(box.sealed, sealKey, boxPlace(box.owner));
  if (secret === null) return null;
  const mine = await crypto.subtle.importKey("jwk", JSON.parse(secret), CURVE, false, ["deriveBits"]);
  return unseal(letter.sealed, await keyBetween(mine, await openHalf(letter.from)), place);
}

/**
 * Whether this key opens the box: after a change of keys it does not, and a new one is needed.
 * @param {LetterBox} box
 * @param {string} sealKey
 */
export async function opens(box, sealKey) {
  return (await unseal(box.sealed, sealKey, boxPlace(box.owner))) !== null;
}
