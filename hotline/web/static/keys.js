// Keys that stand for a button: `data-key="m"` presses the first visible one. Nothing is pressed
// while somebody types, except for the keys that can mean nothing else (F1…F12, or with Alt).

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const ACTING = "button, a[href], summary, input, select";

function buttonFor(key) {
  const found = document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`);
  return [...found].find((button) => !button.disabled && button.getClientRects().length > 0);
}

function isMeant(event) {
  if (event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return false;
  if (/^F\d+$/.test(event.key) || event.altKey) return true;
  if (event.target.matches?.(TYPING)) return event.key === "Escape";
  return event.key !== "Enter" || !event.target.matches?.(ACTING);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !isMeant(event)) return;
  const button = buttonFor(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!button) return;
  event.preventDefault();
  button.click();
});
