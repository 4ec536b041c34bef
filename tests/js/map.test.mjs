import assert from "node:assert/strict";
import { test } from "node:test";
import { mainBody } from "../../static/src/live/framing.js";
import { unwrapLine, unwrapRing } from "../../static/src/live/map/antimeridian.js";
import { LabelPlacer } from "../../static/src/live/map/labels.js";
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from "../../static/src/live/mercator.js";
import { believable, trackFacts } from "../../static/src/live/panel/track-facts.js";

test("Mercator and back is the same place", () => {
  for (const [lon, lat] of [[-97.743, 30.267], [179.9, -84], [0, 0]]) {
    assert.ok(Math.abs(longitudeOf(mercatorX(lon)) - lon) < 1e-9);
    assert.ok(Math.abs(latitudeOf(mercatorY(lat)) - lat) < 1e-9);
  }
});

test("a line over the date line goes on instead of around the world", () => {
  assert.deepEqual(unwrapLine([[179, 60], [-179, 61], [179, 62]]), [[179, 60], [181, 61], [179, 62]]);
});

test("a ring around the pole is closed along the edge of the map", () => {
  const ring = unwrapRing([[-120, -70], [0, -70], [120, -70], [-120, -70]]);
  assert.deepEqual(ring, [[-120, -70], [0, -70], [120, -70], [120, -90], [-120, -90], [-120, -70]]);
});

const candidate = (key, x, first = false) => ({ key, y: 0, xs: [x, x - 100], width: 40, height: 10, first });

test("labels do not overlap; one that finds no room on the right goes left", () => {
  const placed = new LabelPlacer().place([candidate(1, 0), candidate(2, 20)], { obstacles: [], most: 9 });
  assert.deepEqual(placed.map(({ key, x }) => [key, x]), [[1, 0], [2, -80]]);
});

test("a label that was shown keeps its place against a newcomer", () => {
  const placer = new LabelPlacer();
  const obstacles = [{ x: -200, y: 0, width: 190, height: 10 }];
  placer.place([candidate(5, 0)], { obstacles, most: 9 });
  const placed = placer.place([candidate(1, 10), candidate(5, 0)], { obstacles, most: 9 });
  assert.deepEqual(placed.map(({ key }) => key), [5]);
});

test("the selected vehicle's label is placed whatever is in the way", () => {
  const placed = new LabelPlacer().place([candidate(1, 0), candidate(2, 5, true)], {
    obstacles: [{ x: 0, y: 0, width: 50, height: 10 }],
    most: 1,
  });
  assert.deepEqual(placed.map(({ key }) => key), [2]);
});

test("a track's figures: distance by steps, driving without the silences", () => {
  const minute = 60_000;
  const facts = trackFacts({
    t: [0, minute, 2 * minute, 40 * minute],
    lon: [0, 0.01, 0.01, 0.02],
    lat: [0, 0, 0, 0],
    speed: [null, 18.5, 0, 3],
  });
  assert.ok(Math.abs(facts.distance_m - 2_223.9) < 1);
  assert.equal(facts.driving_ms, minute);
  assert.equal(facts.top_mps, 18.5);
});

test("a few vehicles far away do not shrink the others to a dot, but a spread fleet is shown whole", () => {
  const x = Array.from({ length: 30 }, (_, i) => i / 1000);
  const y = x.map(() => 0.4);
  const all = x.map((_, i) => i);
  assert.deepEqual(mainBody(all, { x, y }), all);
  x[7] = 0.9;
  assert.deepEqual(mainBody(all, { x, y }).includes(7), false);
  assert.deepEqual(mainBody([3, 7], { x, y }), [3, 7]);
  assert.deepEqual(mainBody([], { x, y }), []);
});

test("flagged jumps and invalid fixes are no part of the track", () => {
  const track = { t: [1, 2, 3, 4], lon: [0, 50, 1, 2], lat: [0, 50, 1, 2], speed: [1, 2, 3, null], flags: [0, 1, 4, 2], truncated: false };
  assert.deepEqual(believable(track), { t: [1, 4], lon: [0, 2], lat: [0, 2], speed: [1, null], flags: [0, 2], truncated: false });
});

test("a day without a report has no figures", () => {
  assert.deepEqual(trackFacts({ t: [], lon: [], lat: [], speed: [] }), {
    distance_m: 0, driving_ms: 0, top_mps: null, first: null, last: null,
  });
});
