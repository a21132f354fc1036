// The counselor's phone in the browser: one interface, two makers. The demo's phone comes from the
// simulator, the real one from Twilio's SDK; both offer Device and Call with the same words.

import { openTwilioDevice } from "./twilio_phone.js";

/**
 * What the desk uses of a call and of a device. tests/javascript/same_words.ts holds both makers to
 * it.
 * @typedef {{ accept(): void, reject(): void, disconnect(): void, mute(muted: boolean): void, isMuted(): boolean } & Speaking<HeardOfCall>} SoftphoneCall
 * @typedef {{ register(): Promise<void>, destroy(): void, state: string, audio?: ChoiceOfAudio | null } & Speaking<HeardOfDevice>} SoftphoneDevice
 */

/**
 * Where a maker lets people choose; the demo's does not.
 * @typedef {object} ChoiceOfAudio
 * @property {(id: string) => Promise<void>} setInputDevice
 * @property {{ set(id: string): Promise<void> }} speakerDevices
 */

/**
 * What the desk hears of a call: the details of each event, unknown[] where it needs none.
 * @typedef {object} HeardOfCall
 * @property {unknown[]} accept
 * @property {unknown[]} cancel
 * @property {unknown[]} reject
 * @property {unknown[]} disconnect
 * @property {[muted: boolean, ...rest: unknown[]]} mute
 * @property {[input: number, output: number]} volume
 * @property {unknown[]} reconnecting
 * @property {unknown[]} reconnected
 */

/**
 * The same of a device; Twilio's knows no `lost`, `restored`, `microphone` and `replaced`.
 * @typedef {object} HeardOfDevice
 * @property {unknown[]} registered
 * @property {unknown[]} unregistered
 * @property {[fault: { code: number }, ...rest: unknown[]]} error
 * @property {unknown[]} lost
 * @property {unknown[]} replaced
 * @property {[call: SoftphoneCall]} incoming
 * @property {[call: SoftphoneCall]} restored
 * @property {[state: string]} microphone
 */

/**
 * @template {Record<string, unknown[]>} Events
 * @typedef {{ on<E extends keyof Events>(event: E, handler: (...details: Events[E]) => void): unknown }} Speaking
 */

/** @typedef {{ [E in keyof HeardOfDevice]: (...details: HeardOfDevice[E]) => void }} Hears */

/**
 * What /me/softphone tells: of the demo `url` and `address`, of Twilio all else.
 * @typedef {{ kind: string, url: string, address: string } & import("./twilio_phone.js").TwilioSettings} Settings
 */

/** @returns {Promise<Settings>} */
async function settings() {
  const root = document.documentElement.dataset.root;
  const answer = await fetch(`${root}/api/v1/me/softphone`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`softphone: ${answer.status}`);
  return answer.json();
}

/**
 * @param {Settings} found
 * @returns {Promise<SoftphoneDevice>}
 */
async function demoDevice({ url, address }) {
  const { Device } = await import(`${url}/static/voice.js`);
  return new Device(address, { url });
}

/**
 * @param {Settings} found
 * @returns {Promise<SoftphoneDevice>}
 */
const twilioDevice = (found) => openTwilioDevice(found, settings);

/** @type {Record<string, (found: Settings) => Promise<SoftphoneDevice>>} */
const MAKERS = { demo: demoDevice, twilio: twilioDevice };

/** @type {(keyof HeardOfDevice)[]} */
const EVENTS = ["registered", "unregistered", "error", "incoming", "lost", "restored", "microphone", "replaced"];

/**
 * @template {keyof HeardOfDevice} E
 * @param {SoftphoneDevice} device
 * @param {E} event
 * @param {Hears} hears
 */
function listen(device, event, hears) {
  device.on(event, hears[event]);
}

/**
 * Registers a device. It would go on trying by itself and answer for the same address as the next
 * one: so where it did not get through in time, nothing is left of it.
 * @param {SoftphoneDevice} device
 */
async function register(device) {
  try {
    await device.register();
  } catch (fault) {
    device.destroy();
    throw fault;
  }
}

/**
 * Registered, or null where this installation has no softphone. Rejects where it did not connect.
 * @param {Hears} hears
 * @param {(device: SoftphoneDevice) => void} made told of the device before it registers
 */
export async function openSoftphone(hears, made) {
  const found = await settings();
  const make = MAKERS[found.kind];
  if (!make) return null;
  const device = await make(found);
  made(device);
  for (const event of EVENTS) listen(device, event, hears);
  await register(device);
  return device;
}
