// Everybody this handset hears, and those who hear it: connections between all of them.
// The simulator says who may hear whom; this module only follows.

import { audioContext } from "./levels.js";
import { Peer } from "./peer.js";

const RETRY_DELAY = 300;
const GESTURES = ["pointerdown", "keydown"];

/** A leg that is not on our list may still hear us: we answer it and play nothing of it. */
export class Mesh {
  #peers = new Map();
  #listed = new Map();
  #held = false;
  #closed = false;
  #queue;
  #send;
  #track;
  #shelf;
  #onGesture = () => this.#play();

  /** `ready`: nothing is negotiated before it; `track()`: what to send; `shelf`: a hidden element. */
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

  /** Follows the simulator's list: {me: {muted, hold}, peers: [{leg, muted, hold, polite}]}. */
  update(message) {
    this.#then(() => this.#follow(message));
  }

  signal(from, data) {
    this.#then(() => this.#receive(from, data));
  }

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

  /** Lists and signals arrive in order and must be followed in order, one after the other. */
  #then(step) {
    this.#queue = this.#queue
      .then(() => (this.#closed ? undefined : step()))
      .catch((problem) => globalThis.reportError(problem));
  }

  #follow({ me, peers }) {
    this.#held = me?.hold ?? false;
    this.#listed = new Map(peers.map((peer) => [peer.leg, peer]));
    for (const leg of [...this.#peers.keys()]) if (!this.#listed.has(leg)) this.#bye(leg);
    for (const leg of this.#listed.keys()) this.#greet(leg);
    this.#applyAudible();
  }

  #greet(leg) {
    const { polite } = this.#listed.get(leg);
    const known = this.#peers.get(leg);
    if (!known) return this.#connect(leg, polite).sendTrack(this.#track());
    known.polite = polite;
    return known.hear();
  }

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

  async #receive(from, data) {
    const peer = this.#peers.get(from);
    const verdict = peer?.judge(data) ?? "new";
    if (verdict === "stale") return;
    if (verdict === "broken" || data.bye) this.#retry(peer);
    else if (verdict === "mine") await this.#hand(peer, data);
    else if (data.description?.type === "offer") await this.#startAfresh(from, data);
  }

  async #startAfresh(from, data) {
    this.#drop(from);
    await this.#hand(this.#connect(from, this.#listed.get(from)?.polite ?? true), data);
    this.#applyAudible();
  }

  #hand(peer, data) {
    return peer.receive(data, this.#track(), this.#listed.has(peer.leg));
  }

  #applyAudible() {
    for (const [leg, peer] of this.#peers) {
      const listed = this.#listed.get(leg);
      peer.audible = Boolean(listed) && !listed.muted && !listed.hold && !this.#held;
    }
  }

  /** A connection broke: forget it, and greet again whoever is still on the list. */
  #retry(peer) {
    if (!peer || this.#peers.get(peer.leg) !== peer) return;
    this.#drop(peer.leg);
    setTimeout(() => this.#then(() => this.#greetAgain(peer.leg)), RETRY_DELAY);
  }

  #greetAgain(leg) {
    if (this.#listed.has(leg)) this.#greet(leg);
    this.#applyAudible();
  }

  #bye(leg) {
    this.#peers.get(leg).bye();
    this.#peers.delete(leg);
  }

  #drop(leg) {
    this.#peers.get(leg)?.close();
    this.#peers.delete(leg);
  }

  #play() {
    audioContext();
    for (const peer of this.#peers.values()) peer.play().catch(() => {});
  }
}
