import assert from "node:assert/strict";
import { test } from "node:test";
import { readUrl, select, writeUrl } from "../../static/src/live/filter.js";
import { IDLING, MOVING, STOPPED } from "../../static/src/live/status.js";
import { VehicleStore } from "../../static/src/live/store.js";

const NOW = 1_780_000_000_000;

function fleet() {
  const store = new VehicleStore({ moving_s: 14_400, parked_s: 86_400 });
  const motions = [MOVING, IDLING, STOPPED, MOVING];
  store.applySnapshot(
    {
      vehicle: [1, 2, 3, 4],
      t: [NOW, NOW, NOW, NOW],
      r: [NOW - 4_000, NOW - 3_000, NOW - 2_000, NOW - 1_000],
      lon: [0, 1, 2, 3],
      lat: [0, 0, 0, 0],
      speed: [9, 0, 0, 9],
      heading: [0, 0, 0, 0],
      motion: motions,
      ignition: [true, true, false, true],
    },
    { serverNow: NOW, now: 0 },
  );
  store.setRoster({
    vehicles: [
      { id: 1, number: "T-10", plate: "KAX 4411", make: "Volvo", model: "VNL", driver: "Ana Silva", groups: [1] },
      { id: 2, number: "T-9", plate: "", make: "Ford", model: "Transit", driver: "", groups: [1, 2] },
      { id: 3, number: "T-100", plate: "", make: "Ford", model: "Transit", driver: "Luis Chen", groups: [2] },
      { id: 4, number: "a-1", plate: "", make: "", model: "", driver: "", groups: [] },
      { id: 5, number: "T-11", plate: "", make: "", model: "", driver: "", groups: [] },
    ],
    groups: [],
  });
  return store;
}

const numbers = (store, view) => select(store, view).indexes.map((i) => store.vehicles[i].number);
const plain = readUrl("");

test("numbers sort as people count, not as strings", () => {
  assert.deepEqual(numbers(fleet(), plain), ["a-1", "T-9", "T-10", "T-11", "T-100"]);
});

test("status order puts moving first and never-heard-of last", () => {
  assert.deepEqual(numbers(fleet(), { ...plain, sort: "status" }), ["a-1", "T-10", "T-9", "T-100", "T-11"]);
});

test("latest first follows the reports", () => {
  assert.deepEqual(numbers(fleet(), { ...plain, sort: "report" }), ["a-1", "T-100", "T-9", "T-10", "T-11"]);
});

test("every word of the search must be somewhere: number, plate without its space, driver, model", () => {
  assert.deepEqual(numbers(fleet(), { ...plain, q: "kax4411" }), ["T-10"]);
  assert.deepEqual(numbers(fleet(), { ...plain, q: "ford chen" }), ["T-100"]);
  assert.deepEqual(numbers(fleet(), { ...plain, q: "nobody" }), []);
});

test("chips count what the other filters leave, not what the chips leave", () => {
  const { counts, indexes, total } = select(fleet(), { ...plain, group: 1, statuses: new Set([MOVING]) });
  assert.deepEqual(counts, [0, 1, 1, 0]);
  assert.equal(indexes.length, 1);
  assert.equal(total, 2);
});

test("the address carries the whole view and gives it back", () => {
  const text = "?status=moving,idling&q=box%20truck&group=3&sort=report&vehicle=12&follow=1";
  assert.equal(writeUrl(readUrl(text)), text);
  assert.equal(writeUrl(plain), "");
});

test("nonsense in the address is ignored", () => {
  const view = readUrl("?status=flying&group=x&sort=sideways&vehicle=-1&follow=1");
  assert.equal(writeUrl(view), "");
});
