// A file on its way: made smaller where the browser can, sent with its progress, tried again under the
// same key. Raises Refusal as `send` does.

import { Refusal, newKey, refusalOf } from "./api.js";
import { t } from "./words.js";

const LONGEST = 2048; // as the server keeps it: more would only take longer
const QUALITY = 0.85;
const SMALL_ENOUGH = 400_000; // bytes
const PATIENCE = 130_000;

/**
 * What is sent of it: a smaller picture without anything that its camera wrote beside it. Whatever the
 * browser cannot read goes as it is; the server looks at every byte anyway.
 * @param {File} file
 * @returns {Promise<Blob>}
 */
export async function lightened(file) {
  if (!file.type.startsWith("image/") || file.size < SMALL_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const smaller = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return smaller instanceof Blob && smaller.size < file.size ? smaller : file;
  } catch {
    return file;
  }
}

/**
 * One file to one address. `told` hears how much of it has left, from 0 to 1.
 */
export class Upload {
  /**
   * @param {string} path below /api/v1
   * @param {Blob} body
   * @param {(part: number) => void} told
   */
  constructor(path, body, told) {
    this.path = path;
    this.body = body;
    this.told = told;
    this.key = newKey(); // the same for every try: it is added once, whatever got lost
  }

  /** @returns {Promise<unknown>} */
  send() {
    const request = new XMLHttpRequest(); // fetch does not tell how far it is
    request.open("POST", `${document.documentElement.dataset.root}/api/v1${this.path}`);
    request.timeout = PATIENCE;
    request.setRequestHeader("X-Hotline", "1");
    request.setRequestHeader("Idempotency-Key", this.key);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.told(event.loaded / event.total);
    });
    return new Promise((done, refuse) => {
      const lost = () => refuse(new Refusal(0, "Unreachable", t("网络不通，什么都没有丢失，请稍后再试一次。")));
      for (const kind of ["error", "timeout", "abort"]) request.addEventListener(kind, lost);
      request.addEventListener("load", () => {
        const answer = new Response(request.responseText, { status: request.status, headers: { "content-type": request.getResponseHeader("content-type") ?? "" } });
        if (answer.ok) done(answer.json());
        else void refusalOf(answer).then(refuse);
      });
      request.send(this.body);
    });
  }
}
