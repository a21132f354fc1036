// A page without the desk: the server is away, or refused. What could not be sent is said in red all
// the same, with the number to ring; and as soon as the server answers, the page comes back.

import { findAll } from "./find.js";
import { watchKept } from "./not_sent.js";

const LOOK_MS = 3000;
const PATIENCE_MS = 5000;

/** @param {HTMLElement} mark */
async function look(mark) {
  try {
    const answer = await fetch(mark.dataset.away ?? "", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) location.reload();
  } catch {
    // still away
  }
}

watchKept();
for (const mark of findAll("[data-away]", HTMLElement)) setInterval(() => void look(mark), LOOK_MS);
