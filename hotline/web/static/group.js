// The page of a member of a help group: what is written is sent by commands; without scripts it is
// only read. Whoever comes back to it after signing out sees nothing of what the browser kept.

import "./commands.js";
import { findAll } from "./find.js";

for (const element of findAll("[data-needs-script]", HTMLElement)) element.hidden = false;

window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
