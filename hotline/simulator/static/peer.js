// Sound between two handsets: one WebRTC connection. Both sides may offer at any time; when their
// offers cross, the polite one gives in ("perfect negotiation") by starting afresh with a new
// connection: Chromium gathers no candidates after the rollback that the textbook asks for.
// Leaves to peers.js who is connected to whom, and whether the other may be heard.

import { Meter } from "./levels.js";

/** @typedef {import("./line.js").Signal} Signal */

const CONFIGURATION = { iceServers: [] }; // loopback: no STUN, nothing leaves the machine

/**
 * Every signal carries the id of the connection it comes from and, once known, the id of the one
 * it is meant for. So a reloaded page is told from a late message of the page before.
 */
export class Peer {
  leg;
  polite;
  #id = Math.random().toString(36).slice(2);
  /** @type {string | null} */
  #remote = null;
  #pc = new RTCPeerConnection(CONFIGURATION);
  #audio = new Audio();
  /** @type {Meter | null} */
  #meter = null;
  #offering = false;
  #send;

  /**
   * @param {object} made
   * @param {string} made.leg
   * @param {boolean} made.polite
   * @param {(signal: Signal) => void} made.send
   * @param {HTMLElement} made.shelf
   * @param {(peer: Peer) => void} made.onFailed
   */
  constructor({ leg, polite, send, shelf, onFailed }) {
    this.leg = leg;
    this.polite = polite;
    this.#send = send;
    this.#audio.autoplay = true;
    this.#audio.muted = true;
    shelf.append(this.#audio);
    this.#pc.addEventListener("negotiationneeded", () => void this.#offer());
    this.#pc.addEventListener("icecandidate", ({ candidate }) => candidate && this.#tell({ candidate }));
    this.#pc.addEventListener("track", ({ track }) => this.#play(new MediaStream([track])));
    this.#pc.addEventListener("connectionstatechange", () => {
      if (["failed", "closed"].includes(this.#pc.connectionState)) onFailed(this);
    });
  }

  get #isOffering() {
    return this.#offering || this.#pc.signalingState === "have-local-offer";
  }

  get level() {
    return this.#audio.muted ? 0 : (this.#meter?.read() ?? 0);
  }

  /** The strongest pitch of what is heard of the other, in hertz. */
  get pitch() {
    return this.#meter?.pitch() ?? 0;
  }

  /** @param {boolean} audible */
  set audible(audible) {
    this.#audio.muted = !audible;
  }

  /** @param {MediaStreamTrack} track */
  sendTrack(track) {
    const [sender] = this.#pc.getSenders();
    if (sender) void sender.replaceTrack(track);
    else this.#pc.addTrack(track, new MediaStream([track]));
  }

  /** From now on we may hear the other, who until now only heard us. */
  hear() {
    for (const way of this.#pc.getTransceivers()) way.direction = "sendrecv";
  }

  /**
   * What to make of a signal: "mine"; "stale", to be ignored; "new", an offer that calls for a new
   * connection; "broken", when the other side has given ours up.
   * @param {Signal} signal
   * @returns {"mine" | "stale" | "new" | "broken"}
   */
  judge(signal) {
    const { session, description } = signal;
    if (this.#isLate(signal)) return "stale";
    if (this.#remote !== null && this.#remote !== session) return this.#judgeStranger(description);
    if (description?.type === "offer" && this.#isOffering) return this.polite ? "new" : "stale";
    return "mine";
  }

  /**
   * @param {Signal} signal
   * @param {MediaStreamTrack} track
   * @param {boolean} hears whether we may hear the other; if not, the answer says that it need not send
   */
  async receive({ session, description, candidate }, track, hears) {
    this.#remote = session;
    if (description) await this.#pc.setRemoteDescription(description);
    if (description?.type === "offer") await this.#answer(track, hears);
    if (candidate) await this.#pc.addIceCandidate(candidate);
  }

  /** After the wire was lost: what we said last may never have arrived. */
  refresh() {
    if (this.#pc.signalingState === "have-local-offer") this.#tellDescription();
    else if (this.#pc.connectionState !== "connected") this.#pc.restartIce();
  }

  play() {
    return this.#audio.play();
  }

  bye() {
    this.#tell({ bye: true });
    this.close();
  }

  close() {
    this.#meter?.close();
    this.#meter = null;
    this.#audio.srcObject = null;
    this.#audio.remove();
    this.#pc.close();
  }

  /**
   * Meant for a connection that we had before, or of an offer that gave in to ours.
   * @param {Signal} signal
   */
  #isLate({ echo, candidate }) {
    if (echo && echo !== this.#id) return true;
    return this.#remote === null && Boolean(candidate);
  }

  /**
   * The other side has a connection that we have not met.
   * @param {RTCSessionDescriptionInit | undefined} description
   */
  #judgeStranger(description) {
    if (!description) return "stale";
    return description.type === "offer" ? "new" : "broken";
  }

  async #offer() {
    try {
      this.#offering = true;
      await this.#pc.setLocalDescription();
      this.#tellDescription();
    } finally {
      this.#offering = false;
    }
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {boolean} hears
   */
  async #answer(track, hears) {
    this.sendTrack(track);
    for (const way of this.#pc.getTransceivers()) way.direction = hears ? "sendrecv" : "sendonly";
    await this.#pc.setLocalDescription();
    this.#tellDescription();
  }

  #tellDescription() {
    this.#tell({ description: this.#pc.localDescription?.toJSON() });
  }

  /** @param {Omit<Signal, "session" | "echo">} data */
  #tell(data) {
    this.#send({ session: this.#id, echo: this.#remote, ...data });
  }

  /** @param {MediaStream} stream */
  #play(stream) {
    this.#meter?.close();
    this.#meter = new Meter(stream);
    this.#audio.srcObject = stream;
    this.#audio.play().catch(() => {}); // where the browser wants a gesture first, see peers.js
  }
}
