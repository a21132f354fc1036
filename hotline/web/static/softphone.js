// The counselor's phone in the browser: one interface, two makers. The demo's phone comes from the
// simulator, the real one from Twilio's SDK; both offer Device and Call with the same words.

const SDK = "vendor/twilio.min.js";
const RENEW_MS = 10 * 60 * 1000; // tokens last 15 minutes

async function settings() {
  const root = document.documentElement.dataset.root;
  const answer = await fetch(`${root}/api/v1/me/softphone`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`softphone: ${answer.status}`);
  return answer.json();
}

async function demoDevice({ url, address }) {
  const { Device } = await import(`${url}/static/voice.js`);
  return new Device(address, { url });
}

function loadSdk() {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${document.documentElement.dataset.root}/static/${SDK}`;
    script.onload = resolve;
    script.onerror = () => reject(new Error("softphone: the SDK did not load"));
    document.head.append(script);
  });
}

async function twilioDevice({ token }) {
  await loadSdk();
  const device = new window.Twilio.Device(token, { closeProtection: true, logLevel: "error" });
  const renew = async () => device.updateToken((await settings()).token);
  device.on("tokenWillExpire", renew);
  setInterval(renew, RENEW_MS);
  return device;
}

const MAKERS = { demo: demoDevice, twilio: twilioDevice };

/** Registered, or null where this installation has no softphone. `hear` gets (event, …details). */
export async function openSoftphone(hear) {
  const found = await settings();
  const make = MAKERS[found.kind];
  if (!make) return null;
  const device = await make(found);
  for (const event of ["registered", "unregistered", "error", "incoming", "lost", "restored", "microphone", "replaced"]) {
    device.on(event, (...details) => hear(event, ...details));
  }
  await device.register();
  return device;
}
