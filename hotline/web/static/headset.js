// The buttons of a headset, where the browser passes them on: mute, and hang up. Hanging up presses
// the page's own button, which asks once more: a child must not be lost to a bump at the ear.

import { findAll } from "./find.js";

/** @type {[MediaSessionAction, string][]} */
const ACTIONS = [
  [/** @type {MediaSessionAction} */ ("togglemicrophone"), "[data-mute]"],
  [/** @type {MediaSessionAction} */ ("hangup"), "[data-hang-up], [data-testid=end]"],
];

/**
 * @param {MediaSessionAction} action
 * @param {MediaSessionActionHandler | null} handler
 */
function hear(action, handler) {
  try {
    navigator.mediaSession?.setActionHandler(action, handler);
  } catch {
    // a browser that knows no such button
  }
}

/** @param {boolean} isTalking the buttons belong to a talk, and to nothing else */
export function useHeadset(isTalking) {
  for (const [action, selector] of ACTIONS) {
    const press = () => findAll(selector, HTMLButtonElement).find((button) => button.getClientRects().length > 0)?.click();
    hear(action, isTalking ? press : null);
  }
}

/** @param {boolean} isMuted as the light at the headset should show it */
export function showMutedAtHeadset(isMuted) {
  void navigator.mediaSession?.setMicrophoneActive?.(!isMuted);
}
