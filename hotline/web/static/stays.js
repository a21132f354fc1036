// What a reader has unfolded, opened, typed, chosen or pressed once stays so: a part that is looked at again
// comes from the server folded and with its own values, and may come in the middle of a sentence.

const NOT_KEPT = ["checkbox", "radio", "file", "password"]; // their value is no attribute, or must not be one
const { callbacks } = window.Idiomorph.defaults;

/**
 * Whether what is chosen is not what the page came with. Without a default, the first is meant.
 * @param {HTMLSelectElement} select
 */
function hasChosen(select) {
  const options = [...select.options];
  const given = options.filter((option) => option.defaultSelected);
  const chosen = [...select.selectedOptions];
  if (!given.length && !select.multiple) return select.selectedIndex > 0;
  return chosen.length !== given.length || chosen.some((option) => !option.defaultSelected);
}

/**
 * Whether a reader has written something here that is not sent yet.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} name
 */
function hasWritten(field, name) {
  if (name === "value") return field.value !== field.defaultValue;
  return name === "checked" && field instanceof HTMLInputElement && field.checked !== field.defaultChecked;
}

/**
 * Whether an attribute that the server would set stands for what a reader has not sent yet.
 * @param {string} name
 * @param {Element} node
 */
function isUnsent(name, node) {
  if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) return hasWritten(node, name);
  const select = name === "selected" ? node.closest("select") : null;
  return select !== null && hasChosen(select);
}

/**
 * Whether idiomorph may take over an attribute of what comes from the server.
 * @param {string} name
 * @param {Element} node
 */
function mayChange(name, node) {
  if (name === "open" && node instanceof HTMLDetailsElement) return false;
  if (name === "hidden" && node.matches("[data-sure]")) return false; // somebody is being asked
  return !isUnsent(name, node);
}

/**
 * What was sent is no draft any more: whatever comes from the server next is taken over.
 * @param {Event} event
 */
function isSent({ target }) {
  if (!(target instanceof HTMLFormElement)) return;
  for (const field of target.elements) {
    if (field instanceof HTMLTextAreaElement) field.defaultValue = field.value;
    if (field instanceof HTMLSelectElement) for (const option of field.options) option.defaultSelected = option.selected;
    if (!(field instanceof HTMLInputElement)) continue;
    field.defaultChecked = field.checked;
    if (!NOT_KEPT.includes(field.type)) field.defaultValue = field.value;
  }
}

/**
 * What was fetched into a place by hand stays until the page goes: the server sends it closed.
 * @param {Event} event
 */
function isOpened({ target }) {
  if (target instanceof Element && target.matches("[data-opens]")) target.setAttribute("data-is-open", "");
}

/**
 * Whether a button that was pressed once would still do the same, in the same words.
 * @param {HTMLElement} button
 * @param {Node} next
 */
function isSameCommand(button, next) {
  if (!(next instanceof HTMLButtonElement) || next.disabled) return false;
  const same = ["command", "confirm", "body"];
  return same.every((name) => button.dataset[name] === next.dataset[name]);
}

/**
 * Whether idiomorph may make a node what comes from the server. A button that asks for a second
 * press keeps asking, unless it stands for something else now: then that is pressed twice too.
 * @param {Node} node
 * @param {Node} next
 */
function mayMorph(node, next) {
  if (!(node instanceof HTMLElement)) return true;
  if (node.matches(".is-armed")) return !isSameCommand(node, next);
  return !node.matches("[data-is-open]");
}

callbacks.beforeNodeMorphed = mayMorph;
callbacks.beforeAttributeUpdated = mayChange;
document.addEventListener("htmx:afterSwap", isOpened);
window.addEventListener("command:done", isSent); // after whoever empties a form that was sent
