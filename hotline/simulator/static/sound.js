// The sound of one call: microphone, the connections to the others, and how loud both sides are.
// Leaves the decision who hears whom to the simulator and its transport to voice.js.

import { Emitter } from "./emitter.js";
import { Microphone } from "./microphone.js";
import { Mesh } from "./peers.js";

const LEVEL_PERIOD = 200;
const PERMISSION_PATIENCE = 2000; // then we go on in silence; the microphone joins when it comes

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A hidden place for the audio elements; tests read the levels off its data attributes. */
function makeShelf() {
  const shelf = document.createElement("div");
  shelf.hidden = true;
  shelf.dataset.testid = "voice-audio";
  document.body.append(shelf);
  return shelf;
}

/** Events: microphone(state). */
export class Sound extends Emitter {
  onLevels = () => {};
  #send;
  #microphone = new Microphone();
  #mesh = null;
  #shelf = null;
  #timer = null;
  #list = null;

  constructor(send) {
    super();
    this.#send = send;
    this.#microphone.on("state", (state) => this.emit("microphone", state));
    this.#microphone.on("track", (track) => this.#mesh?.setTrack(track));
  }

  get microphone() {
    return this.#microphone.state;
  }

  start() {
    if (this.#mesh) return;
    this.#shelf = makeShelf();
    this.#mesh = new Mesh({
      send: this.#send,
      track: () => this.#microphone.track,
      ready: Promise.race([this.#microphone.open(), pause(PERMISSION_PATIENCE)]),
      shelf: this.#shelf,
    });
    this.#timer = setInterval(() => this.#measure(), LEVEL_PERIOD);
    if (this.#list) this.#mesh.update(this.#list);
  }

  stop() {
    clearInterval(this.#timer);
    this.#mesh?.close();
    this.#mesh = null;
    this.#shelf?.remove();
    this.#microphone.close();
    this.#microphone.enabled = true;
    this.onLevels = () => {};
  }

  silence(silent) {
    this.#microphone.enabled = !silent;
  }

  /** May come before start(): then it waits. */
  peers(message) {
    this.#list = message;
    this.#mesh?.update(message);
  }

  signal(from, data) {
    this.#mesh?.signal(from, data);
  }

  refresh() {
    this.#mesh?.refresh();
  }

  #measure() {
    const [input, output] = [this.#microphone.level, this.#mesh.level];
    this.#note("In", input);
    this.#note("Out", output);
    this.onLevels(input, output);
  }

  /** The level now, and the highest of this call: whoever looks seldom still sees that it was heard. */
  #note(way, level) {
    const { dataset } = this.#shelf;
    dataset[`level${way}`] = level.toFixed(4);
    dataset[`peak${way}`] = Math.max(level, Number(dataset[`peak${way}`] ?? 0)).toFixed(4);
  }
}
