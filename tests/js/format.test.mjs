import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, compass, coordinates, createFormat, duration } from "../../static/src/live/format.js";

const km = createFormat({ units: "km", timeZone: "America/Chicago" });
const mi = createFormat({ units: "mi", timeZone: "America/Chicago" });

test("speed and distance come in the organization's units", () => {
  assert.equal(km.speed(25), "90 km/h");
  assert.equal(mi.speed(25), "56 mph");
  assert.equal(km.distance(12_340), "12.3 km");
  assert.equal(mi.distance(1_609_344), "1,000 mi");
});

test("what is not known is not written as zero", () => {
  assert.equal(km.speed(null), "");
  assert.equal(km.speed(Number.NaN), "");
  assert.equal(km.percent(undefined), "");
});

test("clock times are the organization's, and older ones carry their day", () => {
  const noon = Date.UTC(2026, 6, 1, 17, 0);
  assert.equal(km.clock(noon), "12:00");
  assert.equal(km.moment(noon, noon + 3_600_000), "12:00");
  assert.match(km.moment(noon, noon + 86_400_000), /Jul.*12:00|1.*Jul.*12:00/);
});

test("ages are short and round down", () => {
  assert.equal(ago(900), "now");
  assert.equal(ago(59_900), "59 s ago");
  assert.equal(ago(3_599_000), "59 min ago");
  assert.equal(duration(3_600_000), "1 h");
  assert.equal(duration(3_900_000), "1 h 5 min");
  assert.equal(duration(50 * 3_600_000), "2 days");
});

test("compass points and coordinates", () => {
  assert.equal(compass(0), "N");
  assert.equal(compass(338), "N");
  assert.equal(compass(200), "S");
  assert.equal(coordinates(-97.7431, 30.2672), "30.26720, -97.74310");
});
