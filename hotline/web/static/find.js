// Elements of the page, with the type that is expected of them. Where a template lacks one, the
// script says so at once and by name instead of failing somewhere else on null.

/**
 * The first match of a selector.
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {Document | Element} [root]
 * @returns {T}
 */
export function find(selector, type, root = document) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} at ${selector}`);
}

/**
 * Every match of a selector that has the type; none where the page has none.
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {Document | Element} [root]
 * @returns {T[]}
 */
export function findAll(selector, type, root = document) {
  /** @type {T[]} */
  const found = [];
  for (const each of root.querySelectorAll(selector)) if (each instanceof type) found.push(each);
  return found;
}

/**
 * The element an event happened at, or the nearest around it that matches; null where none does.
 * @template {Element} T
 * @param {Event} event
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T | null}
 */
export function nearest(event, selector, type) {
  const found = event.target instanceof Element ? event.target.closest(selector) : null;
  return found instanceof type ? found : null;
}
