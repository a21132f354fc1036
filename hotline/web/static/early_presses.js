// A button that is pressed before the page's scripts have come is pressed again once they are there.
// Without this the press were lost, and a form that a script sends would go into the address, with
// what somebody wrote in it.

{
  /** @type {(() => void)[]} */
  const early = [];

  /**
   * @param {Event} event
   * @param {Element} element that it happened to
   * @param {() => void} again
   */
  const keep = (event, element, again) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    early.push(() => element.isConnected && again());
  };

  /** @param {MouseEvent} event */
  const pressed = (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button || button.type !== "button" || button.hasAttribute("popovertarget")) return;
    keep(event, button, () => button.click());
  };

  /** @param {SubmitEvent} event */
  const submitted = (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "post") return; // the browser sends that
    keep(event, form, () => form.requestSubmit(event.submitter));
  };

  // On the window: after all that waits for the same moment at the document.
  const begun = () => {
    window.removeEventListener("click", pressed, { capture: true });
    window.removeEventListener("submit", submitted, { capture: true });
    for (const again of early.splice(0)) again();
  };

  window.addEventListener("click", pressed, { capture: true });
  window.addEventListener("submit", submitted, { capture: true });
  window.addEventListener("DOMContentLoaded", begun, { once: true });
}
