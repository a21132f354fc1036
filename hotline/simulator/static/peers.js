// Everybody this handset hears, and those who hear it: connections between all of them.
// The simulator says who may hear whom; this module only follows.

import { audioContext } from "./levels.js";
import { Peer } from "./peer.js";

/** @typedef {import("./line.js").ListedPeer} ListedPeer */
/** @typedef {import("./line.js").PeersMessage} PeersMessage */
/** @typedef {import("./line.js").Signal} Signal */

const RETRY_DELAY = 300;
const AUDIBLE = 0.01;
const GESTURES = ["pointerdown", "keydown"];

/** A leg that is not on our list may still hear us: we answer it and play nothing of it. */
export class Mesh {
  /** @type {Map<string, Peer>} */
  #peers = new Map();
  /** @type {Map<string, ListedPeer>} */
  #listed = new Map();
  #held = false;
  #closed = false;
  #queue;
  #send;
  #track;
  #shelf;
  #onGesture = () => this.#play();

  /**
   * @param {object} made
   * @param {(message: import("./line.js").Wish) => void} made.send
   * @param {() => MediaStreamTrack} made.track what to send
   * @param {Promise<void>} made.ready nothing is negotiated before it
   * @param {HTMLElement} made.shelf a hidden element
   */
  constructor({ send, track, ready, shelf }) {
    this.#send = send;
    this.#track = track;
    this.#queue = ready;
    this.#shelf = shelf;
    for (const gesture of GESTURES) document.addEventListener(gesture, this.#onGesture);
  }

  get level() {
    return Math.max(0, ...[...this.#peers.values()].map((peer) => peer.level));
  }

  /** The strongest pitch of each who is heard now, in hertz. */
  get pitches() {
    return [...this.#peers.values()].filter((peer) => peer.level > AUDIBLE).map((peer) => peer.pitch);
  }

  /**
   * Follows the simulator's list.
   * @param {PeersMessage} message
   */
  update(message) {
    this.#then(() => this.#follow(message));
  }

  /**
   * @param {string} from
   * @param {Signal} data
   */
  signal(from, data) {
    this.#then(() => this.#receive(from, data));
  }

  /** @param {MediaStreamTrack} track */
  setTrack(track) {
    for (const peer of this.#peers.values()) peer.sendTrack(track);
  }

  refresh() {
    for (const peer of this.#peers.values()) peer.refresh();
  }

  close() {
    this.#closed = true;
    for (const gesture of GESTURES) document.removeEventListener(gesture, this.#onGesture);
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
  }

  /**
   * Lists and signals arrive in order and must be followed in order, one after the other.
   * @param {() => void | Promise<void>} step
   */
  #then(step) {
    this.#queue = this.#queue
      .then(() => (this.#closed ? undefined : step()))
      .catch((problem) => globalThis.reportError(problem));
  }

  /** @param {PeersMessage} message */
  #follow({ me, peers }) {
    this.#held = me.hold;
    this.#listed = new Map(peers.map((peer) => [peer.leg, peer]));
    for (const peer of [...this.#peers.values()]) if (!this.#listed.has(peer.leg)) this.#bye(peer);
    for (const listed of this.#listed.values()) this.#greet(listed);
    this.#applyAudible();
  }

  /** @param {ListedPeer} listed */
  #greet({ leg, polite }) {
    const known = this.#peers.get(leg);
    if (known) {
      known.polite = polite;
      known.hear();
    } else {
      this.#connect(leg, polite).sendTrack(this.#track());
    }
  }

  /**
   * @param {string} leg
   * @param {boolean} polite
   */
  #connect(leg, polite) {
    const peer = new Peer({
      leg,
      polite,
      send: (data) => this.#send({ type: "signal", to: leg, data }),
      shelf: this.#shelf,
      onFailed: (failed) => this.#retry(failed),
    });
    this.#peers.set(leg, peer);
    return peer;
  }

  /**
   * @param {string} from
   * @param {Signal} data
   */
  async #receive(from, data) {
    const peer = this.#peers.get(from);
    const verdict = peer?.judge(data) ?? "new";
    if (verdict === "stale") return;
    if (verdict === "broken" || data.bye) this.#retry(peer);
    else if (peer && verdict === "mine") await this.#hand(peer, data);
    else await this.#startAfresh(from, data);
  }

  /**
   * @param {string} from
   * @param {Signal} data
   */
  async #startAfresh(from, data) {
    if (data.description?.type !== "offer") return;
    this.#drop(from);
    await this.#hand(this.#connect(from, this.#listed.get(from)?.polite ?? true), data);
    this.#applyAudible();
  }

  /**
   * @param {Peer} peer
   * @param {Signal} data
   */
  #hand(peer, data) {
    return peer.receive(data, this.#track(), this.#listed.has(peer.leg));
  }

  #applyAudible() {
    for (const [leg, peer] of this.#peers) {
      const listed = this.#listed.get(leg);
      peer.audible = listed !== undefined && !listed.muted && !listed.hold && !this.#held;
    }
  }

  /**
   * A connection broke: forget it, and greet again whoever is still on the list.
   * @param {Peer | undefined} peer
   */
  #retry(peer) {
    if (!peer || this.#peers.get(peer.leg) !== peer) return;
    this.#drop(peer.leg);
    setTimeout(() => this.#then(() => this.#greetAgain(peer.leg)), RETRY_DELAY);
  }

  /** @param {string} leg */
  #greetAgain(leg) {
    const listed = this.#listed.get(leg);
    if (listed) this.#greet(listed);
    this.#applyAudible();
  }

  /** @param {Peer} peer */
  #bye(peer) {
    peer.bye();
    this.#peers.delete(peer.leg);
  }

  /** @param {string} leg */
  #drop(leg) {
    this.#peers.get(leg)?.close();
    this.#peers.delete(leg);
  }

  #play() {
    audioContext();
    for (const peer of this.#peers.values()) peer.play().catch(() => {});
  }
}
