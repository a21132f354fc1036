// Twilio's softphone behind the desk's interface: its sounds are ours, its token is renewed while a
// talk goes on, and what it says of the network is passed on (`phone:quality`, see quality.js).

/** @typedef {import("@twilio/voice-sdk").Device} TwilioDevice */
/** @typedef {import("@twilio/voice-sdk").Call} TwilioCall */
/** @typedef {{ token: string, token_lasts_s: number, edges: string[], codecs: string[] }} TwilioSettings */
/** @typedef {() => Promise<TwilioSettings>} AskAgain */

const SDK = "vendor/twilio.min.js";
const SOUNDS = ["incoming", "outgoing", "disconnect", ..."0123456789sh"].map((name) => (name.length > 1 ? name : `dtmf${name}`));
const RENEW_AT = 2 / 3; // of a token's life: what is left is for more tries
const RETRY_MS = 15000;
const SIGNALLING_MS = 30000; // for so long a talk outlives the loss of its line
const FAIR_MOS = 3.5; // of 4.5: below it words get lost
const GRAVE = ["high-packet-loss", "high-packets-lost-fraction", "low-mos", "ice-connectivity-lost"];

/** @param {string} file */
function address(file) {
  // The page's modules bear the version; so do the files beside them.
  return new URL(file, import.meta.url).href;
}

/** @returns {Promise<void>} */
function loadSdk() {
  if (window.Twilio) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address(SDK);
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("softphone: the SDK did not load"));
    document.head.append(script);
  });
}

/**
 * @param {TwilioSettings} found
 * @returns {import("@twilio/voice-sdk").Device.Options}
 */
function optionsOf({ edges, codecs }) {
  return {
    closeProtection: true,
    logLevel: "error",
    edge: edges,
    codecPreferences: /** @type {import("@twilio/voice-sdk").Call.Codec[]} */ (codecs),
    maxCallSignalingTimeoutMs: SIGNALLING_MS,
    enableImprovedSignalingErrorPrecision: true,
    sounds: Object.fromEntries(SOUNDS.map((name) => [name, address(`sounds/${name}.wav`)])),
  };
}

/**
 * Renews the token in time, and again and again where that fails. The device is never opened anew
 * for it, so that a talk goes on.
 * @param {TwilioDevice} device
 * @param {TwilioSettings} found
 * @param {AskAgain} ask
 */
function keepToken(device, found, ask) {
  let timer = 0;
  const inTime = (/** @type {TwilioSettings} */ { token_lasts_s }) => token_lasts_s * 1000 * RENEW_AT;
  const plan = (/** @type {number} */ pause) => {
    clearTimeout(timer);
    if (device.state !== "destroyed") timer = setTimeout(() => void renew(), pause);
  };
  const renew = async () => {
    try {
      const next = await ask();
      device.updateToken(next.token);
      plan(inTime(next));
    } catch {
      plan(RETRY_MS);
    }
  };
  device.on("tokenWillExpire", () => void renew());
  device.on("destroyed", () => clearTimeout(timer));
  plan(inTime(found));
}

/** @param {import("./quality.js").Quality} quality */
function tell(quality) {
  document.body.dispatchEvent(new CustomEvent("phone:quality", { detail: { quality } }));
}

/** @param {TwilioCall} call */
function watchQuality(call) {
  /** @type {Set<string>} what is wrong now */
  const wrong = new Set();
  let mos = 5;
  const judge = () => {
    if (wrong.has("constant-audio-input-level")) tell("silent");
    else if (GRAVE.some((name) => wrong.has(name))) tell("bad");
    else tell(wrong.size > 0 || mos < FAIR_MOS ? "poor" : "good");
  };
  call.on("warning", (name) => {
    wrong.add(name);
    judge();
  });
  call.on("warning-cleared", (name) => {
    wrong.delete(name);
    judge();
  });
  call.on("sample", (sample) => {
    mos = sample.mos ?? mos;
    judge();
  });
}

/**
 * @param {TwilioSettings} found
 * @param {AskAgain} ask for a new token
 * @returns {Promise<TwilioDevice>}
 */
export async function openTwilioDevice(found, ask) {
  await loadSdk();
  const device = new window.Twilio.Device(found.token, optionsOf(found));
  device.audio?.incoming(false); // the page rings, for either maker and on the outputs chosen
  device.on("incoming", watchQuality);
  keepToken(device, found, ask);
  return device;
}
