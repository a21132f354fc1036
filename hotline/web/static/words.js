// What the scripts say, in the page's language. The Chinese sentence is its own key; translations
// come with the page. Leaves what templates say to the server.

const given = document.getElementById("words");
/** @type {Record<string, string>} */
const words = given ? JSON.parse(given.textContent) : {};

/**
 * `{name}` in the sentence is filled from `values`.
 * @param {string} sentence
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(sentence, values = {}) {
  const said = words[sentence] ?? sentence;
  return said.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
