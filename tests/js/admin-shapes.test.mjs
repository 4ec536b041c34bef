import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracyRing, trackParts } from "../../static/src/admin/shapes.js";

const MINUTE = 60_000;

function track(minutes, flags = minutes.map(() => 0)) {
  return { t: minutes.map((m) => m * MINUTE), lon: minutes.map((m) => 10 + m / 1000), lat: minutes.map(() => 50), flags };
}

test("a silence breaks the line", () => {
  const { line } = trackParts(track([0, 1, 2, 30, 31]));
  assert.deepEqual(line.geometry.coordinates.map((part) => part.length), [3, 2]);
});

test("jumps are shown apart and do not bend the line", () => {
  const { line, jumps, ends } = trackParts(track([0, 1, 2, 3], [0, 1, 8, 0]));
  assert.deepEqual(line.geometry.coordinates.map((part) => part.length), [3]);
  assert.equal(jumps.features.length, 1);
  assert.deepEqual(ends.features.map((f) => [f.properties.end, f.geometry.coordinates[0]]), [["start", 10], ["finish", 10.003]]);
});

test("one fix alone and no fix at all are drawn as they are", () => {
  assert.equal(trackParts(track([0])).line.geometry.coordinates[0].length, 2);
  assert.equal(trackParts(track([])).ends.features.length, 0);
});

test("the ring of accuracy has its radius in both directions", () => {
  const [ring] = accuracyRing({ lon: 10, lat: 60, accuracyM: 100 }).geometry.coordinates;
  assert.deepEqual(ring[0], ring.at(-1).map((v, k) => (Math.abs(v - ring[0][k]) < 1e-12 ? ring[0][k] : v)));
  const east = (ring[0][0] - 10) * Math.cos((60 * Math.PI) / 180) * 111_195;
  const north = (ring[16][1] - 60) * 111_195;
  assert.ok(Math.abs(east - 100) < 1 && Math.abs(north - 100) < 1);
});
