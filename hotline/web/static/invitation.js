// Whoever was given a link chooses a password. The token stands behind the #: it reaches no log.

import { send, sentenceOf } from "./api.js";
import { find } from "./find.js";
import { watchStrength } from "./password_strength.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const token = location.hash.slice(1);
const form = find("form[data-judge]", HTMLFormElement);
const { root } = document.documentElement.dataset;

/** @param {{ username: string, name: string }} whose */
function show(whose) {
  find("[data-invited]", HTMLElement).textContent = `${whose.name} · ${whose.username}`;
  find("[data-username]", HTMLInputElement).value = whose.username;
  form.hidden = false;
  find("[name=password]", HTMLInputElement, form).focus();
}

async function choose() {
  const password = find("[name=password]", HTMLInputElement, form).value;
  try {
    await send("POST", "/invitations/use", { token, password });
    location.assign(`${root}/login`);
  } catch (fault) {
    toast(sentenceOf(fault), "problem", t("密码"));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void choose();
});
watchStrength(form, { token });
history.replaceState(null, "", location.pathname); // whoever sits here next does not find it
try {
  show(/** @type {{ username: string, name: string }} */ (await send("POST", "/invitations/look", { token })));
} catch {
  find("[data-worthless]", HTMLElement).hidden = false;
}
