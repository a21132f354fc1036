// One stream of changes for the whole page. Announces each as `sse:call`, `sse:presence`, … and
// `sse:call-<id>` on the body, for hx-trigger="sse:call from:body". When the stream is lost a grey
// band says so with the age of what is shown; when it is back everything is looked at again.

import { length, setNow } from "./clock.js";
import { find } from "./find.js";

const TOPICS = ["call", "presence", "offer", "escalation", "station", "leg", "line", "act", "notice", "callback", "follow_up", "text", "incident", "alert", "debrief", "reading", "case", "statutory", "referral", "roster", "review", "quality", "calibration", "quality_month"];
const TOGETHER = 200; // changes within this time are announced once
const QUIET = 30000; // the server tells the time every 10 s: this long a silence is a dead connection
const PAUSES = [1000, 2000, 4000]; // before the first tries; then LONGEST_PAUSE
const LONGEST_PAUSE = 8000;
const GRACE = 1500; // a connection that is back at once is not worth a band

const band = find("#stale", HTMLElement);
const address = document.body.dataset.liveUrl ?? "";

/** @type {Set<string>} a topic, or a topic and an id with a space between */
const waiting = new Set();
/** @type {EventSource | null} */
let source = null;
let tries = 0;
let heardAt = performance.now();
/** @type {number | null} */
let lostAt = null;

/**
 * @param {string} name
 * @param {string} [id]
 */
function announce(name, id) {
  document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { id } }));
}

function flush() {
  const changes = [...waiting];
  waiting.clear();
  const topics = new Set();
  for (const change of changes) {
    const [topic, id] = change.split(" ");
    topics.add(topic);
    if (id) announce(`sse:${topic}-${id}`, id);
  }
  for (const topic of topics) announce(`sse:${topic}`);
}

/**
 * @param {string} topic
 * @param {string} id
 */
function note(topic, id) {
  if (waiting.size === 0) setTimeout(flush, TOGETHER);
  waiting.add(id ? `${topic} ${id}` : topic);
}

/** After a gap nothing is known: all topics at once. */
function lookAgain() {
  note("resync", "");
  for (const topic of TOPICS) note(topic, "");
}

function heard() {
  heardAt = performance.now();
  tries = 0;
  showHealth("good");
  if (lostAt === null) return;
  lostAt = null;
  band.hidden = true;
  lookAgain();
}

/** @param {"good" | "wait"} state */
function showHealth(state) {
  document.body.dataset.live = state;
  const chip = document.getElementById("live-health");
  if (chip) chip.dataset.health = state;
}

function lost() {
  if (lostAt !== null) return;
  lostAt = performance.now();
  showHealth("wait");
}

function showAge() {
  if (lostAt === null && performance.now() - heardAt > QUIET) reconnect();
  if (lostAt === null || performance.now() - lostAt < GRACE) return;
  band.hidden = false;
  find("[data-age]", HTMLElement, band).textContent = length(performance.now() - heardAt);
}

/** The stream may be gone because the log-in is: shell.js decides what that means. */
async function askWhy() {
  const answer = await fetch(`${document.documentElement.dataset.root}/api/v1/me`).catch(() => null);
  if (answer?.status === 401) announce("live:signed-out");
}

function reconnect() {
  lost();
  source?.close();
  setTimeout(connect, PAUSES[tries] ?? LONGEST_PAUSE);
  tries += 1;
  void askWhy();
}

function connect() {
  source?.close();
  const stream = new EventSource(address);
  source = stream;
  stream.addEventListener("open", heard);
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) reconnect(); // the browser gave up, we do not
    else lost();
  });
  stream.addEventListener("resync", () => {
    heard();
    lookAgain();
  });
  stream.addEventListener("clock", ({ data }) => {
    heard();
    setNow(data);
  });
  stream.addEventListener("beat", ({ data }) => {
    heard();
    announce("live:beat", data.trim());
  });
  for (const topic of TOPICS) {
    stream.addEventListener(topic, ({ data }) => {
      heard();
      note(topic, data.trim());
    });
  }
}

if (address) {
  showHealth("wait");
  setInterval(showAge, 500);
  window.addEventListener("online", () => lostAt !== null && connect());
  connect();
}
