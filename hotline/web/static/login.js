// The log-in page: the form commands by itself; a demo account fills it in and sends it.

import "./commands.js";
import { send, sentenceOf } from "./api.js";
import { showCodes, showSecret } from "./factor_setup.js";
import { find, findAll } from "./find.js";
import { watchKept } from "./not_sent.js";
import { toast } from "./toast.js";

for (const button of findAll("[data-fill]", HTMLButtonElement)) {
  button.addEventListener("click", () => {
    const form = find("form[data-command]", HTMLFormElement);
    find("[name=username]", HTMLInputElement, form).value = button.dataset.fill ?? "";
    find("[name=password]", HTMLInputElement, form).value = button.dataset.password ?? "";
    form.requestSubmit();
  });
}

const panel = find("[data-factor]", HTMLElement);

/** @param {string} name of the step that is shown, and no other */
function show(name) {
  for (const step of findAll("[data-step]", HTMLElement)) step.hidden = step.dataset.step !== name;
  for (const around of findAll("[data-first-step-only]", HTMLElement)) around.hidden = name !== "password";
}

/** @type {Record<string, (form: HTMLElement) => void>} what the server may want before one is in */
const WANTED = {
  code: () => {
    show("code");
    find('[data-step="code"] input', HTMLInputElement).focus();
  },
  enrol: () => {
    show("enrol");
    send("POST", "/sessions/factor").then(
      (told) => showSecret(panel, /** @type {import("./factor_setup.js").Secret} */ (told)),
      (fault) => toast(sentenceOf(fault), "problem"),
    );
  },
  told: (form) => {
    form.dataset.then = form.dataset.told;
  },
};

document.addEventListener("command:done", (event) => {
  if (!(event instanceof CustomEvent) || !(event.target instanceof HTMLElement)) return;
  const { codes, wants } = event.detail ?? {};
  if (wants && wants !== "told") delete event.target.dataset.then;
  if (codes) showCodes(panel, event.detail);
  else WANTED[wants]?.(event.target);
});
for (const again of findAll("[data-start-again]", HTMLButtonElement)) again.addEventListener("click", () => location.reload());

document.addEventListener("command:done", (event) => {
  if (event instanceof CustomEvent && event.detail?.address) location.assign(event.detail.address);
});

// Back from the identity provider, what is still wanted stands in the address.
const wanted = WANTED[location.hash.slice(1)];
if (wanted) {
  history.replaceState(null, "", location.pathname);
  wanted(panel);
}

watchKept();
