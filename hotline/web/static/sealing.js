// What a browser keeps for its person is sealed with a key that the server gives to nobody else:
// AES-GCM, bound to the place it lies in. Leaves where it is kept to others.

const NONCE_BYTES = 12;

/** @param {string} hex */
function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {string} sealKey 32 bytes in hexadecimal digits */
function cipherKey(sealKey) {
  return crypto.subtle.importKey("raw", bytesOf(sealKey), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/**
 * @param {Uint8Array<ArrayBuffer>} iv
 * @param {string} place
 */
function cipher(iv, place) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place) };
}

/**
 * @param {string} words
 * @param {string} sealKey
 * @param {string} [place] in another place it does not open
 */
export async function seal(words, sealKey, place = "") {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const text = new TextEncoder().encode(words);
  const sealed = await crypto.subtle.encrypt(cipher(iv, place), await cipherKey(sealKey), text);
  const bytes = new Uint8Array(NONCE_BYTES + sealed.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(sealed), NONCE_BYTES);
  return bytes;
}

/**
 * The words; null where they do not open.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} sealKey
 * @param {string} [place]
 */
export async function unseal(bytes, sealKey, place = "") {
  const [iv, sealed] = [bytes.slice(0, NONCE_BYTES), bytes.slice(NONCE_BYTES)];
  try {
    const text = await crypto.subtle.decrypt(cipher(iv, place), await cipherKey(sealKey), sealed);
    return new TextDecoder().decode(text);
  } catch {
    return null;
  }
}
