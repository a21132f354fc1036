// The log-in page: the form commands by itself; a demo account fills it in and sends it.

import "./commands.js";

for (const button of document.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => {
    const form = document.querySelector("form[data-command]");
    form.elements.username.value = button.dataset.fill;
    form.elements.password.value = button.dataset.password;
    form.requestSubmit();
  });
}
