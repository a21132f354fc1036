// What the scripts say, in the page's language. The Chinese sentence is its own key; translations
// come with the page. Leaves what templates say to the server.

const given = document.getElementById("words");
const words = given ? JSON.parse(given.textContent) : {};

/** `{name}` in the sentence is filled from `values`. */
export function t(sentence, values = {}) {
  const said = words[sentence] ?? sentence;
  return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
