// Which version of a record this tab has saved last. A page may have been drawn just before the page
// that it follows had its last words saved: then it reads the record once more. Numbers alone, and
// gone with the tab.

/** @param {string} call */
const place = (call) => `hotline.saved.${call}`;

/**
 * @param {string} call
 * @param {number} version
 */
export function noteSaved(call, version) {
  sessionStorage.setItem(place(call), String(version));
}

/**
 * @param {string} call
 * @returns {number} 0 where this tab has saved nothing of it
 */
export const savedLast = (call) => Number(sessionStorage.getItem(place(call)));
