import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

// Set-up copies the third-party modules; without it there is nothing to unpack with.
const vendor = new URL("../../static/vendor/", import.meta.url);
const { shapesOf, within } = await import("../../static/src/live/map/outline-shapes.js");
const topology = JSON.parse(readFileSync(new URL("world-atlas/countries-110m.json", vendor), "utf8"));
const shapes = shapesOf(topology);

test("no ring and no line jumps across the world", () => {
  const steps = (points) => points.slice(1).map(([lon], k) => Math.abs(lon - points[k][0]));
  const alongThePole = (points) => points.some(([, lat]) => lat === -90);
  const rings = shapes.land.map(({ rings: [outer] }) => outer).filter((ring) => !alongThePole(ring));
  const lines = [...shapes.coast, ...shapes.borders].map(({ line }) => line);
  for (const points of [...rings, ...lines]) assert.ok(Math.max(...steps(points)) < 180);
});

test("a part of the world holds what is there and leaves out what is not", () => {
  const texas = within(shapes, [-107, 25, -93, 37]);
  const whole = within(shapes, null);
  assert.ok(texas.land.coordinates.length >= 2);
  assert.ok(texas.land.coordinates.length < whole.land.coordinates.length / 10);
  assert.ok(texas.borders.coordinates.length >= 1);
});

test("a box over the date line finds both of its shores", () => {
  const bering = within(shapes, [165, 60, 200, 70]);
  const lons = bering.land.coordinates.flatMap(([ring]) => ring.map(([lon]) => (lon + 360) % 360));
  assert.ok(lons.some((lon) => lon > 170 && lon < 180));
  assert.ok(lons.some((lon) => lon > 190 && lon < 200));
});

test("country names stand in their country, the largest first", () => {
  assert.deepEqual(shapes.places.slice(0, 3).map(({ name }) => name), ["Antarctica", "Russia", "Canada"]);
  const fiji = shapes.places.find(({ name }) => name === "Fiji");
  assert.ok(Math.abs(((fiji.lon + 360) % 360) - 178) < 3);
});
