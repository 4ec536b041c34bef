/**
 * The live socket: hello with a snapshot, then frames; resumes where it was after a drop.
 *
 * Events: "snapshot" and "frame" (detail: columns), "resumed", "state" (detail: one of STATES),
 * "hello" (detail: the hello message). Everything from outside (socket, timers, clock, chance) can
 * be handed in, so that the whole life of a connection is tested without a browser.
 */

import { backoffMs } from "./backoff.js";

export const STATES = ["connecting", "live", "reconnecting", "stale", "offline", "signed-out", "refused", "busy"];

const CLOSE_SIGNED_OUT = 4401;
const CLOSE_FORBIDDEN = 4403;
const CLOSE_TOO_MANY = 4429;
const BUSY_WAIT_MS = 20_000;
/** A connection that says nothing at all is given up after this long. */
const HELLO_WITHIN_MS = 12_000;

export class LiveClient extends EventTarget {
  #url;
  #socket = null;
  #attempt = 0;
  #epoch = null;
  #seq = 0;
  #heartbeatMs = 15_000;
  #lastMessageAt = 0;
  #openedAt = 0;
  #retryTimer = null;
  #watchTimer = null;
  #env;

  constructor(url, env = {}) {
    super();
    this.#url = url;
    this.#env = {
      WebSocket: globalThis.WebSocket,
      setTimeout: (fn, ms) => globalThis.setTimeout(fn, ms),
      clearTimeout: (id) => globalThis.clearTimeout(id),
      now: () => Date.now(),
      random: Math.random,
      online: () => globalThis.navigator?.onLine !== false,
      ...env,
    };
    this.state = "connecting";
    /** Server clock minus this machine's clock, ms. */
    this.clockOffsetMs = 0;
    /** When the last position arrived, on this machine's clock; 0 before the first. */
    this.lastUpdateAt = 0;
  }

  start() {
    this.#open();
  }

  stop() {
    this.#clearTimers();
    this.#drop();
  }

  /** The network came back or the tab was woken: do not sit out the rest of the wait. */
  nudge() {
    if (this.state === "signed-out" || this.state === "refused") return;
    // A socket that lived through a loss of the network is dead without knowing it.
    if (this.#socket && this.state !== "offline") return;
    this.#drop();
    this.#env.clearTimeout(this.#retryTimer);
    this.#open();
  }

  /** The browser lost its network. */
  networkLost() {
    this.#setState("offline");
  }

  serverNow() {
    return this.#env.now() + this.clockOffsetMs;
  }

  #open() {
    this.#retryTimer = null;
    const url = this.#epoch === null ? this.#url : `${this.#url}?epoch=${encodeURIComponent(this.#epoch)}&seq=${this.#seq}`;
    const socket = new this.#env.WebSocket(url);
    this.#socket = socket;
    this.#openedAt = this.#env.now();
    this.#lastMessageAt = 0;
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    };
    this.#watch();
  }

  #receive(message) {
    this.#lastMessageAt = this.#env.now();
    if (message.type === "hello") {
      this.#attempt = 0;
      this.#epoch = message.epoch;
      this.#seq = message.seq;
      this.#heartbeatMs = message.heartbeat_s * 1000;
      this.clockOffsetMs = message.server_time - this.#env.now();
      this.#emit("hello", message);
      if (message.snapshot) this.#updated("snapshot", message.snapshot);
      else this.#emit("resumed", message);
      this.#setState("live");
      return;
    }
    if (message.type === "frame") {
      if (message.seq > this.#seq) this.#seq = message.seq;
      this.#updated("frame", message.columns);
    } else if (message.type === "subscribed") {
      this.#seq = message.seq;
      this.#updated("snapshot", message.snapshot);
    } else if (message.type === "ping") {
      this.#send({ type: "pong", t: message.t });
    } else if (message.type === "error") {
      this.#emit("problem", message);
    }
    // Browsers guess about the network; a message is proof.
    if (this.state === "stale" || this.state === "offline") this.#setState("live");
  }

  #updated(name, columns) {
    if (columns.vehicle.length > 0) this.lastUpdateAt = this.#env.now();
    this.#emit(name, columns);
  }

  /** Looks every second whether the other side still talks. */
  #watch() {
    this.#env.clearTimeout(this.#watchTimer);
    this.#watchTimer = this.#env.setTimeout(() => {
      if (!this.#socket) return;
      const since = this.#env.now() - (this.#lastMessageAt || this.#openedAt);
      if (this.#lastMessageAt === 0 && since > HELLO_WITHIN_MS) {
        this.#drop();
        this.#closed(0);
        return;
      }
      if (this.#lastMessageAt > 0 && since > 3 * this.#heartbeatMs) {
        this.#drop();
        this.#closed(0);
        return;
      }
      if (this.#lastMessageAt > 0 && since > 2 * this.#heartbeatMs && this.state === "live") {
        this.#setState("stale");
        this.#send({ type: "ping", t: this.#env.now() });
      }
      this.#watch();
    }, 1000);
  }

  #closed(code) {
    this.#socket = null;
    this.#env.clearTimeout(this.#watchTimer);
    if (code === CLOSE_SIGNED_OUT) return this.#setState("signed-out");
    if (code === CLOSE_FORBIDDEN) return this.#setState("refused");
    if (code === CLOSE_TOO_MANY) {
      this.#setState("busy");
      return this.#retryIn(BUSY_WAIT_MS);
    }
    this.#setState(this.#env.online() ? "reconnecting" : "offline");
    this.#retryIn(backoffMs(this.#attempt, this.#env.random));
    this.#attempt += 1;
  }

  #retryIn(ms) {
    this.#env.clearTimeout(this.#retryTimer);
    this.#retryTimer = this.#env.setTimeout(() => this.#open(), ms);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #send(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.#emit("state", state);
  }

  #clearTimers() {
    this.#env.clearTimeout(this.#retryTimer);
    this.#env.clearTimeout(this.#watchTimer);
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
