import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveClient } from "../../static/src/live/client.js";

/** A world with its own clock, timers and sockets. */
function world({ online = true } = {}) {
  const state = { now: 1_000_000, online, sockets: [], timers: [] };
  class FakeSocket {
    readyState = 1;
    sent = [];
    constructor(url) {
      this.url = url;
      state.sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.closed = true;
    }
    say(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }
    fail(code = 1006) {
      this.onclose({ code });
    }
  }
  const client = new LiveClient("ws://fleet/ws/v1/live/", {
    WebSocket: FakeSocket,
    now: () => state.now,
    random: () => 0.5,
    online: () => state.online,
    setTimeout: (fn, ms) => {
      const timer = { fn, at: state.now + ms };
      state.timers.push(timer);
      return timer;
    },
    clearTimeout: (timer) => {
      state.timers = state.timers.filter((other) => other !== timer);
    },
  });
  const states = [];
  client.addEventListener("state", ({ detail }) => states.push(detail));
  const pass = (ms) => {
    const end = state.now + ms;
    for (;;) {
      const next = state.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      state.timers = state.timers.filter((timer) => timer !== next);
      state.now = next.at;
      next.fn();
    }
    state.now = end;
  };
  return { client, state, states, pass, socket: () => state.sockets.at(-1) };
}

const hello = { type: "hello", protocol: 1, epoch: "e1", seq: 5, server_time: 1_002_000, heartbeat_s: 15, snapshot: { vehicle: [1] } };

test("hello makes it live, hands over the snapshot and learns the server's clock", () => {
  const { client, states, socket } = world();
  const snapshots = [];
  client.addEventListener("snapshot", ({ detail }) => snapshots.push(detail));
  client.start();
  socket().say(hello);
  assert.deepEqual(states, ["live"]);
  assert.deepEqual(snapshots, [{ vehicle: [1] }]);
  assert.equal(client.serverNow(), 1_002_000);
});

test("after a drop it comes back in under a second and asks to resume where it was", () => {
  const { client, states, socket, state, pass } = world();
  client.start();
  socket().say(hello);
  socket().say({ type: "frame", seq: 9, columns: { vehicle: [1] } });
  socket().fail();
  assert.equal(states.at(-1), "reconnecting");
  pass(999);
  assert.equal(state.sockets.length, 2);
  assert.equal(socket().url, "ws://fleet/ws/v1/live/?epoch=e1&seq=9");
  socket().say({ ...hello, seq: 9, snapshot: undefined, resumed: true });
  assert.equal(client.state, "live");
});

test("while the server stays away the tries grow rare", () => {
  const { client, state, socket, pass } = world();
  client.start();
  for (let k = 0; k < 8; k += 1) {
    socket().fail();
    pass(31_000);
  }
  const tries = state.sockets.length;
  socket().fail();
  pass(5_000);
  assert.equal(state.sockets.length, tries);
});

test("it answers the server's ping", () => {
  const { client, socket } = world();
  client.start();
  socket().say(hello);
  socket().say({ type: "ping", t: 77, seq: 5 });
  assert.deepEqual(socket().sent, [{ type: "pong", t: 77 }]);
});

test("silence of two heartbeats is stale, of three a new connection; a word makes it live again", () => {
  const { client, states, state, socket, pass } = world();
  client.start();
  socket().say(hello);
  pass(32_000);
  assert.equal(client.state, "stale");
  assert.deepEqual(socket().sent.at(-1).type, "ping");
  socket().say({ type: "pong", t: 1 });
  assert.equal(client.state, "live");
  pass(46_500);
  assert.ok(states.includes("reconnecting"));
  assert.ok(state.sockets[0].closed);
});

test("signed out and no access are final, too many connections waits", () => {
  for (const [code, expected, again] of [[4401, "signed-out", 1], [4403, "refused", 1], [4429, "busy", 2]]) {
    const { client, state, socket, pass } = world();
    client.start();
    socket().say(hello);
    socket().fail(code);
    assert.equal(client.state, expected);
    pass(25_000);
    assert.equal(state.sockets.length, again);
  }
});

test("without a network it says offline, and tries at once when the network is back", () => {
  const { client, state, socket } = world({ online: false });
  client.start();
  socket().fail();
  assert.equal(client.state, "offline");
  state.online = true;
  client.nudge();
  assert.equal(state.sockets.length, 2);
});

test("a socket that lived through a loss of the network is replaced, unless it proves alive", () => {
  const { client, state, socket } = world();
  client.start();
  socket().say(hello);
  client.networkLost();
  assert.equal(client.state, "offline");
  socket().say({ type: "frame", seq: 6, columns: { vehicle: [] } });
  assert.equal(client.state, "live");
  client.networkLost();
  client.nudge();
  assert.equal(state.sockets.length, 2);
  assert.ok(state.sockets[0].closed);
});

test("a server that accepts and says nothing is given up", () => {
  const { client, state, pass } = world();
  client.start();
  pass(20_000);
  assert.ok(state.sockets[0].closed);
  assert.ok(state.sockets.length >= 2);
});
