// The sound of one call: microphone, the connections to the others, music, and how loud all is.
// Leaves the decision who hears whom to the simulator and its transport to voice.js.

import { Emitter } from "./emitter.js";
import { silentTrack } from "./levels.js";
import { Melody } from "./melody.js";
import { Microphone } from "./microphone.js";
import { Mesh } from "./peers.js";

const LEVEL_PERIOD = 200;
const PERMISSION_PATIENCE = 2000; // then we go on in silence; the microphone joins when it comes

/**
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
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

/**
 * The level now, and the highest of this call: whoever looks seldom still sees that it was heard.
 * @param {HTMLElement} shelf
 * @param {"In" | "Out"} way
 * @param {number} level
 */
function noteLevel({ dataset }, way, level) {
  dataset[`level${way}`] = level.toFixed(4);
  dataset[`peak${way}`] = Math.max(level, Number(dataset[`peak${way}`] ?? 0)).toFixed(4);
}

/**
 * Who is heard now, told apart by pitch (to 50 Hz, so that a reading is the same each time).
 * @param {HTMLElement} shelf
 * @param {number[]} pitches
 * @param {boolean} music
 */
function noteHeard({ dataset }, pitches, music) {
  const rounded = pitches.map((pitch) => Math.round(pitch / 50) * 50).toSorted((one, other) => one - other);
  dataset.hears = [...rounded, ...(music ? ["music"] : [])].join(" ");
}

/** @extends {Emitter<{ microphone: [state: import("./microphone.js").MicrophoneState] }>} */
export class Sound extends Emitter {
  /** @type {(input: number, output: number) => void} how loud we and the others are, 0 to 1 */
  onLevels = () => {};
  #send;
  #microphone = new Microphone();
  /** @type {{ mesh: Mesh, melody: Melody, shelf: HTMLElement } | null} while it is on */
  #on = null;
  /** @type {number | undefined} */
  #timer;
  /** @type {import("./line.js").PeersMessage | null} */
  #list = null;

  /** @param {(message: import("./line.js").Wish) => void} send */
  constructor(send) {
    super();
    this.#send = send;
    this.#microphone.on("state", (state) => this.emit("microphone", state));
    this.#microphone.on("track", (track) => this.#on?.mesh.setTrack(track));
  }

  get microphone() {
    return this.#microphone.state;
  }

  start() {
    if (this.#on) return;
    const shelf = makeShelf();
    const mesh = new Mesh({
      send: this.#send,
      track: () => this.#microphone.track ?? silentTrack(),
      ready: Promise.race([this.#microphone.open(), pause(PERMISSION_PATIENCE)]),
      shelf,
    });
    const melody = new Melody(shelf);
    this.#on = { mesh, melody, shelf };
    this.#timer = setInterval(() => this.#measure(mesh, melody, shelf), LEVEL_PERIOD);
    if (this.#list) this.peers(this.#list);
  }

  stop() {
    clearInterval(this.#timer);
    this.#on?.mesh.close();
    this.#on?.melody.close();
    this.#on?.shelf.remove();
    this.#on = null;
    this.#microphone.close();
    this.#microphone.enabled = true;
    this.onLevels = () => {};
  }

  /** @param {boolean} silent */
  silence(silent) {
    this.#microphone.enabled = !silent;
  }

  /**
   * May come before start(): then it waits.
   * @param {import("./line.js").PeersMessage} message
   */
  peers(message) {
    this.#list = message;
    this.#on?.mesh.update(message);
    this.#on?.melody.follow(message.me.music);
  }

  /**
   * @param {string} from
   * @param {import("./line.js").Signal} data
   */
  signal(from, data) {
    this.#on?.mesh.signal(from, data);
  }

  refresh() {
    this.#on?.mesh.refresh();
  }

  /**
   * @param {Mesh} mesh
   * @param {Melody} melody
   * @param {HTMLElement} shelf
   */
  #measure(mesh, melody, shelf) {
    const [input, output] = [this.#microphone.level, mesh.level];
    noteLevel(shelf, "In", input);
    noteLevel(shelf, "Out", output);
    noteHeard(shelf, mesh.pitches, melody.isHeard);
    this.onLevels(input, output);
  }
}
