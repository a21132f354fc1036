// The log-in page: the form commands by itself; a demo account fills it in and sends it.

import "./commands.js";
import { find, findAll } from "./find.js";
import { showKept } from "./not_sent.js";

for (const button of findAll("[data-fill]", HTMLButtonElement)) {
  button.addEventListener("click", () => {
    const form = find("form[data-command]", HTMLFormElement);
    find("[name=username]", HTMLInputElement, form).value = button.dataset.fill ?? "";
    find("[name=password]", HTMLInputElement, form).value = button.dataset.password ?? "";
    form.requestSubmit();
  });
}

showKept();
