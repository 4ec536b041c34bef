import assert from "node:assert/strict";
import { test } from "node:test";
import { IDLING, MOVING, OFFLINE, STOPPED, statusOf } from "../../static/src/live/status.js";
import { VehicleStore } from "../../static/src/live/store.js";

const NOW = 1_780_000_000_000;
const OFFLINE_AFTER = { moving_s: 14_400, parked_s: 86_400 };
const clock = { serverNow: NOW, now: 1_000 };

function columns(...rows) {
  const names = ["vehicle", "t", "r", "lon", "lat", "speed", "heading", "motion", "ignition"];
  const defaults = { t: NOW, r: NOW, lon: -97.7, lat: 30.2, speed: 10, heading: 90, motion: MOVING, ignition: true };
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => ({ ...defaults, ...row })[name])]));
}

function storeOf(...rows) {
  const store = new VehicleStore(OFFLINE_AFTER);
  store.applySnapshot(columns(...rows), clock);
  return store;
}

test("a newer report replaces an older one", () => {
  const store = storeOf({ vehicle: 7, t: NOW - 5_000, lon: -97.7 });
  const changed = store.applyColumns(columns({ vehicle: 7, t: NOW, lon: -97.6 }), clock);
  assert.deepEqual(changed, [0]);
  assert.equal(store.lon[0], -97.6);
});

test("a late report never moves a vehicle back", () => {
  const store = storeOf({ vehicle: 7, t: NOW, lon: -97.7 });
  const changed = store.applyColumns(columns({ vehicle: 7, t: NOW - 1, lon: -90 }), clock);
  assert.deepEqual(changed, []);
  assert.equal(store.lon[0], -97.7);
});

test("snapshot and frames in any order give the same places as a fresh snapshot", () => {
  const reports = [
    { vehicle: 1, t: NOW - 3_000, lon: 1 },
    { vehicle: 2, t: NOW - 2_000, lon: 2 },
    { vehicle: 1, t: NOW - 1_000, lon: 3 },
    { vehicle: 2, t: NOW - 2_500, lon: 4 },
    { vehicle: 3, t: NOW, lon: 5 },
  ];
  for (const order of [reports, reports.toReversed()]) {
    const store = storeOf(order[0]);
    for (const report of order.slice(1)) store.applyColumns(columns(report), clock);
    const lons = [1, 2, 3].map((id) => store.lon[store.indexById.get(id)]);
    assert.deepEqual(lons, [3, 2, 5]);
  }
});

test("a snapshot without a vehicle takes its place away", () => {
  const store = storeOf({ vehicle: 1 }, { vehicle: 2 });
  store.applySnapshot(columns({ vehicle: 2, t: NOW - 60_000 }), clock);
  assert.equal(store.isPlaced(store.indexById.get(1)), false);
  assert.equal(store.isPlaced(store.indexById.get(2)), true);
});

test("silence makes a vehicle offline: soon when it was moving, late when it was parked", () => {
  const hours = (n) => NOW - n * 3_600_000;
  assert.equal(statusOf(MOVING, hours(3.9), NOW, OFFLINE_AFTER), MOVING);
  assert.equal(statusOf(MOVING, hours(4.1), NOW, OFFLINE_AFTER), OFFLINE);
  assert.equal(statusOf(STOPPED, hours(23.9), NOW, OFFLINE_AFTER), STOPPED);
  assert.equal(statusOf(STOPPED, hours(24.1), NOW, OFFLINE_AFTER), OFFLINE);
  assert.equal(statusOf(IDLING, hours(4.1), NOW, OFFLINE_AFTER), IDLING);
});

test("time alone turns a vehicle offline and a report brings it back", () => {
  const store = storeOf({ vehicle: 1 });
  const later = NOW + 5 * 3_600_000;
  assert.deepEqual(store.deriveStatuses(later), [0]);
  assert.equal(store.status[0], OFFLINE);
  store.applyColumns(columns({ vehicle: 1, t: later, r: later }), { serverNow: later, now: 2_000 });
  assert.equal(store.status[0], MOVING);
  assert.equal(store.sinceOf(0), later);
});

test("a vehicle glides to its new place and is there in the end", () => {
  const store = storeOf({ vehicle: 1, t: NOW - 1_000, lon: -97.7 });
  store.applyColumns(columns({ vehicle: 1, t: NOW, lon: -97.699 }), { serverNow: NOW, now: 5_000 });
  const out = [0, 0];
  assert.equal(store.displayed(0, 5_500, out), true);
  const start = -97.7 / 360 + 0.5;
  const half = -97.6995 / 360 + 0.5;
  assert.ok(Math.abs(out[0] - half) < Math.abs(half - start) / 100);
  assert.equal(store.displayed(0, 6_000, out), false);
  assert.equal(out[0], store.x[0]);
});

test("without animations a vehicle is at once where it reported from, and keeps its trail", () => {
  const store = storeOf({ vehicle: 1, t: NOW - 1_000, lon: -97.7 });
  store.glides = false;
  store.applyColumns(columns({ vehicle: 1, t: NOW, lon: -97.699 }), { serverNow: NOW, now: 5_000 });
  const out = [0, 0];
  assert.equal(store.displayed(0, 5_001, out), false);
  assert.equal(out[0], store.x[0]);
  assert.equal(store.trail(0).length, 2);
});

test("a jump across town is shown at its end, not as a glide", () => {
  const store = storeOf({ vehicle: 1, t: NOW - 1_000, lon: -97.7 });
  store.applyColumns(columns({ vehicle: 1, t: NOW, lon: -97.5 }), { serverNow: NOW, now: 5_000 });
  const out = [0, 0];
  assert.equal(store.displayed(0, 5_001, out), false);
  assert.equal(out[0], store.x[0]);
});

test("a vehicle that the roster does not know is asked for once the roster has come", () => {
  const store = storeOf({ vehicle: 1 }, { vehicle: 99 });
  store.setRoster({ vehicles: [{ id: 1, number: "A", groups: [] }], groups: [] });
  store.applyColumns(columns({ vehicle: 99, t: NOW + 1 }), clock);
  assert.deepEqual([...store.unknownIds], [99]);
  assert.equal(store.isListed(store.indexById.get(99)), false);
});

test("ten thousand vehicles grow the columns without losing any", () => {
  const rows = Array.from({ length: 10_000 }, (_, k) => ({ vehicle: k + 1, lon: k / 100 }));
  const store = storeOf(...rows);
  assert.equal(store.count, 10_000);
  assert.equal(store.lon[store.indexById.get(9_999)], 99.98);
});
