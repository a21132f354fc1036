// Parts of a page that the server draws and sends when something has changed: one stream of HTML,
// made what is shown by idiomorph, so that nothing moves that did not change.

const QUIET = 25000; // the server says something at least every 10 s: this long a silence is a dead connection
const AGAIN = 2000;

/**
 * Listens until the returned function is called.
 * @param {HTMLElement} page whose `data-feed` is the address
 * @param {(part: HTMLElement) => void} drawn after each part
 */
export function follow(page, drawn) {
  /** @type {EventSource | null} */
  let source = null;
  let heardAt = performance.now();

  /** @param {MessageEvent<string>} event */
  function draw({ data }) {
    heardAt = performance.now();
    const { part, html } = JSON.parse(data);
    const place = document.getElementById(`floor-${part}`);
    if (!place) return;
    window.Idiomorph.morph(place, html, { morphStyle: "innerHTML" });
    window.htmx.process(place);
    drawn(place);
    place.dispatchEvent(new CustomEvent("floor:drawn", { bubbles: true }));
  }

  function connect() {
    source?.close();
    heardAt = performance.now();
    source = new EventSource(page.dataset.feed ?? "");
    source.addEventListener("part", draw);
    source.addEventListener("now", () => (heardAt = performance.now())); // nothing has changed
    source.addEventListener("open", () => (heardAt = performance.now()));
  }

  function look() {
    const isOver = source?.readyState === EventSource.CLOSED; // the browser gave up, we do not
    if (isOver || performance.now() - heardAt > QUIET) connect();
  }

  connect();
  const looking = setInterval(look, AGAIN);
  return () => {
    clearInterval(looking);
    source?.close();
  };
}
