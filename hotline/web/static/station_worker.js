// Stands before a station's pages: they come from the network, and where it does not answer as they
// were last seen, marked as kept. Kept are the inbox and opened pages, never a story: that is fetched
// by hand, under an address that is not kept. Whoever is sent to the log-in finds nothing kept.

const STATION_PAGES = "hotline.station";
const STATION_AWAY = "station/away";
const STATION_PATIENCE_MS = 8000;
const MOST_PAGES = 30;
const MAIN = '<main class="main" id="main"'; // as base.html draws it
const FILES = /(?:href|src)="([^"]*\/static\/v-[^"#]+)/g;

/** @typedef {Event & { request: Request, data: { page: string, files: string[] } | null, respondWith: (answer: Promise<Response>) => void, waitUntil: (work: Promise<void>) => void }} StationEvent */
/** @typedef {{ location: Location, importScripts: (...files: string[]) => void, skipWaiting: () => void, clients: { claim: () => Promise<void> }, addEventListener: (kind: string, act: (event: StationEvent) => void) => void }} StationWorker */

const stationWorker = /** @type {StationWorker} */ (/** @type {unknown} */ (self)); // the types of pages know of none
stationWorker.importScripts("static/push_worker.js");
const stationAway = new URL(STATION_AWAY, stationWorker.location.href).href;

let shifts = 0; // how often somebody was signed out: what was on its way for them is not kept

/** @param {string} address */
const isFile = (address) => address.includes("/static/v-");

/**
 * Files of a version never change: what is there is not fetched again.
 * @param {Cache} kept
 * @param {string[]} files
 */
async function keepFiles(kept, files) {
  for (const file of files) if (!(await kept.match(file))) await kept.add(file);
}

/**
 * @param {number} shift in which it was asked for
 * @param {string} address
 * @param {Response} answer
 */
async function keepPage(shift, address, answer) {
  const kept = await caches.open(STATION_PAGES);
  await kept.delete(address);
  if (shift !== shifts) return;
  await kept.put(address, answer); // as the newest
  const pages = (await kept.keys()).filter(({ url }) => !isFile(url) && url !== stationAway);
  for (const old of pages.slice(0, Math.max(0, pages.length - MOST_PAGES))) await kept.delete(old);
}

/** What is shown where nothing else is. */
async function keepStationAway() {
  const answer = await fetch(stationAway);
  if (!answer.ok) throw new Error("the page is not there");
  const kept = await caches.open(STATION_PAGES);
  const named = [...(await answer.clone().text()).matchAll(FILES)].map(([, file = ""]) => new URL(file, stationAway).href);
  await keepFiles(kept, named);
  await kept.put(stationAway, answer);
}

/** @param {{ page: string, files: string[] }} told what a page that nobody stood before has loaded */
async function keepOpened({ page, files }) {
  const shift = shifts;
  await keepFiles(await caches.open(STATION_PAGES), files);
  const answer = await fetch(page);
  if (answer.ok && !answer.redirected) await keepPage(shift, page, answer);
}

/** Somebody was signed out: nothing of theirs stays here. */
async function forgetPages() {
  shifts += 1;
  await caches.delete(STATION_PAGES);
  await keepStationAway();
}

/** @returns {Promise<never>} */
function noAnswer() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), STATION_PATIENCE_MS));
}

/** @param {Response} answer as it was, with a mark that it is not from now */
async function marked(answer) {
  const text = (await answer.text()).replace(MAIN, `${MAIN} data-kept="yes"`);
  return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** @param {Request} request */
async function lastSeen(request) {
  const inbox = new URL("station", stationAway.slice(0, -STATION_AWAY.length)).href;
  for (const address of [request.url, inbox, stationAway]) {
    const found = await (await caches.open(STATION_PAGES)).match(address);
    if (found) return marked(found);
  }
  return Response.error();
}

/** @param {StationEvent} event */
async function openedPage(event) {
  const { request } = event;
  const shift = shifts;
  try {
    const answer = await Promise.race([fetch(request), noAnswer()]);
    if (answer.type === "opaqueredirect") event.waitUntil(forgetPages());
    else if (answer.status >= 500) return await lastSeen(request);
    else if (answer.ok) {
      const copy = answer.clone();
      event.waitUntil(keepPage(shift, request.url, copy));
    }
    return answer;
  } catch {
    return lastSeen(request);
  }
}

/** @param {Request} request */
async function loadedFile(request) {
  const kept = await caches.open(STATION_PAGES);
  const found = await kept.match(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request.url, answer.clone());
  return answer;
}

stationWorker.addEventListener("install", (event) => {
  stationWorker.skipWaiting();
  event.waitUntil(keepStationAway());
});
stationWorker.addEventListener("activate", (event) => event.waitUntil(stationWorker.clients.claim()));
stationWorker.addEventListener("message", (event) => event.waitUntil(event.data ? keepOpened(event.data) : forgetPages()));
stationWorker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(openedPage(event));
  else if (isFile(request.url)) event.respondWith(loadedFile(request));
});
