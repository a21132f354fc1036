// What a reader has unfolded stays so: a part that is looked at again comes from the server folded.

const { callbacks } = window.Idiomorph.defaults;

/**
 * Whether idiomorph may take over an attribute of what comes from the server.
 * @param {string} name
 * @param {Element} node
 */
function mayChange(name, node) {
  return !(name === "open" && node instanceof HTMLDetailsElement);
}

callbacks.beforeAttributeUpdated = mayChange;
