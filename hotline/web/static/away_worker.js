// Stands between a page that is opened and a server that does not answer: instead of the browser's
// error the page of `/away` comes, which knows of unsent flags. It changes nothing that does come.

const KEPT = "hotline.away";
const PATIENCE_MS = 15000;
const PARTS = ["away.js", "not_sent.js", "kept_flags.js", "sealing.js", "find.js", "words.js", "hotline.css", "desk.css", "icons.svg", "icon.svg"];

/** @typedef {Event & { request: Request, respondWith: (answer: Promise<Response>) => void, waitUntil: (work: Promise<void>) => void }} WorkerEvent */
/** @typedef {{ location: Location, importScripts: (...files: string[]) => void, skipWaiting: () => void, addEventListener: (kind: string, act: (event: WorkerEvent) => void) => void }} PageWorker */

const worker = /** @type {PageWorker} */ (/** @type {unknown} */ (self)); // the types of pages know of none
worker.importScripts("static/push_worker.js");
const away = new URL("away", worker.location.href).href;

/** The page and all it loads, of one version. */
async function keepAway() {
  const answer = await fetch(away);
  if (!answer.ok) throw new Error("the page is not there");
  const [assets = ""] = /[^"]*\/static\/v-[^/"]+\//.exec(await answer.clone().text()) ?? [];
  const kept = await caches.open(KEPT);
  await kept.addAll(PARTS.map((name) => assets + name));
  await kept.put(away, answer);
}

/** @returns {Promise<never>} */
function patience() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), PATIENCE_MS));
}

/** @param {Request} request */
async function opened(request) {
  try {
    return await Promise.race([fetch(request), patience()]);
  } catch {
    return (await caches.match(away)) ?? Response.error();
  }
}

/** @param {Request} request */
async function loaded(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request.url)) ?? Response.error();
  }
}

worker.addEventListener("install", (event) => {
  worker.skipWaiting();
  event.waitUntil(keepAway());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(opened(request));
  else if (new URL(request.url).pathname.includes("/static/v-")) event.respondWith(loaded(request));
});
