// What a reader has unfolded stays so: a part that is looked at again comes from the server folded.

const { callbacks } = window.Idiomorph.defaults;

callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node instanceof HTMLDetailsElement);
