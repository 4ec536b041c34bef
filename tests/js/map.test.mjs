import assert from "node:assert/strict";
import { test } from "node:test";
import { mainBody } from "../../static/src/live/framing.js";
import { unwrapLine, unwrapRing } from "../../static/src/live/map/antimeridian.js";
import { labelCandidate, obstaclesOf } from "../../static/src/live/map/adornments.js";
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

const candidate = (key, x, first = false) => ({
  key, width: 40, height: 10, first, places: [{ side: "right", x, y: 0 }, { side: "left", x: x - 100, y: 0 }],
});

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

test("a label stays on its side, even when the other becomes free", () => {
  const placer = new LabelPlacer();
  placer.place([candidate(1, 0)], { obstacles: [{ x: 0, y: 0, width: 50, height: 10 }], most: 9 });
  const [label] = placer.place([candidate(1, 0)], { obstacles: [], most: 9 });
  assert.equal(label.side, "left");
});

test("the selected vehicle's label is placed whatever is in the way", () => {
  const placed = new LabelPlacer().place([candidate(1, 0), candidate(2, 5, true)], {
    obstacles: [{ x: -200, y: 0, width: 300, height: 10 }],
    most: 1,
  });
  assert.deepEqual(placed.map(({ key, side }) => [key, side]), [[2, "right"]]);
});

const PLATE = { width: 50, height: 18 };
const VIEW = { width: 400, height: 300 };
const labelOf = (vehicle, first) => labelCandidate(vehicle, PLATE, { ratio: 1, first, view: VIEW });

test("the selected vehicle's label leaves the neighbours in sight", () => {
  const vehicles = [{ key: 1, x: 200, y: 150 }, { key: 2, x: 240, y: 150 }, { key: 3, x: 160, y: 155 }];
  const [label] = new LabelPlacer().place([labelOf(vehicles[0], true)], { obstacles: obstaclesOf(vehicles, [], 1), most: 9 });
  assert.equal(label.side, "above");
});

test("the edge of the map cuts no label", () => {
  const sides = (x, y, first) => labelOf({ key: 1, x, y }, first).places.map(({ side }) => side);
  assert.deepEqual(sides(5, 150, false), ["right"]);
  assert.deepEqual(sides(390, 150, false), ["left"]);
  assert.deepEqual(sides(390, 290, true), ["left"]);
  assert.deepEqual(sides(200, 2, true), ["below"]);
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

test("a sixth of the fleet on long hauls leaves the town in the first view, all of it", () => {
  const town = Array.from({ length: 50 }, (_, i) => 0.2 + (i % 10) / 1e4);
  const away = Array.from({ length: 10 }, (_, i) => 0.2 + (i % 2 ? -1 : 1) * (0.004 + i / 1e4));
  const x = [...town, ...away];
  const y = [...town.map((_, i) => 0.4 + Math.floor(i / 10) / 1e4), ...away.map((_, i) => 0.39 + i / 500)];
  assert.deepEqual(mainBody(x.map((_, i) => i), { x, y }), town.map((_, i) => i));
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
