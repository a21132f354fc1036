// While somebody is ready: a headset that is pulled out, or a permission that is taken back, is found
// before the next child is put through. Until it is there again this page says that it rings nowhere.

import { noteMicrophone, useDevices } from "./phone.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const { body } = document;
const LOST = ["missing", "refused"];

/** Some browsers list no outputs and let the system choose: there nothing can be said of them. */
const listsOutputs = navigator.mediaDevices !== undefined && !("selectAudioOutput" in navigator.mediaDevices);

/** @param {MediaDeviceInfo[]} present */
export function lacksOutput(present) {
  return listsOutputs && !present.some(({ kind }) => kind === "audiooutput");
}

export function sayOutputIsMissing() {
  toast(t("没有找到耳机或扬声器，您听不到来电者。请检查是否插好。"), "problem", "output");
}

/**
 * What became of the microphone: null where nothing speaks against it.
 * @param {MediaDeviceInfo[]} present
 * @param {PermissionStatus | null} asked
 */
function lostMicrophone(present, asked) {
  if (asked?.state === "denied") return "refused";
  return present.some(({ kind }) => kind === "audioinput") ? null : "missing";
}

/** @param {PermissionStatus | null} asked whether the microphone may be used, where the browser says */
async function look(asked) {
  if (body.dataset.phone === "own") return;
  const present = await navigator.mediaDevices.enumerateDevices();
  const was = LOST.includes(body.dataset.microphone ?? "");
  const lost = lostMicrophone(present, asked);
  if (lost) noteMicrophone(lost);
  else if (was) noteMicrophone("granted");
  if (lacksOutput(present)) sayOutputIsMissing();
  void useDevices(); // one that was chosen may be gone, or back
}

async function watch() {
  const asked = (await navigator.permissions?.query({ name: "microphone" }).catch(() => null)) ?? null;
  navigator.mediaDevices?.addEventListener("devicechange", () => void look(asked));
  asked?.addEventListener("change", () => void look(asked));
}

void watch();
