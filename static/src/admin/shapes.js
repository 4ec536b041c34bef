/** Tracks and places as GeoJSON. */

const JUMP = 1; // bit of Quality
const GAP_MS = 10 * 60_000;
const EARTH_RADIUS_M = 6_371_008.8;

/**
 * @param {{t: number[], lon: number[], lat: number[], flags: number[]}} track columns, ascending
 * @returns the way as a MultiLineString broken where the vehicle was silent, its doubtful jumps, and its two ends
 *   (property `end`: "start" or "finish")
 */
export function trackParts({ t, lon, lat, flags }) {
  const lines = [];
  const jumps = [];
  let lastGood = -1;
  for (let k = 0; k < t.length; k += 1) {
    const place = [lon[k], lat[k]];
    if (flags[k] & JUMP) {
      jumps.push(place);
      continue;
    }
    if (lastGood < 0 || t[k] - t[lastGood] > GAP_MS) lines.push([]);
    lines.at(-1).push(place);
    lastGood = k;
  }
  // A lone fix between two silences is no line, but a line of no length draws its round cap.
  for (const line of lines) if (line.length === 1) line.push(line[0]);
  const ends = lines.length ? [point(lines[0][0], { end: "start" }), point(lines.at(-1).at(-1), { end: "finish" })] : [];
  return {
    line: { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } },
    jumps: collection(jumps.map((place) => point(place))),
    ends: collection(ends),
  };
}

/** A circle of `accuracyM` metres around the position, as a polygon. */
export function accuracyRing({ lon, lat, accuracyM }) {
  const dLat = ((accuracyM / EARTH_RADIUS_M) * 180) / Math.PI;
  const dLon = dLat / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: 65 }, (_, k) => {
    const angle = (k / 64) * 2 * Math.PI;
    return [lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

function point(coordinates, properties = {}) {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates } };
}

function collection(features) {
  return { type: "FeatureCollection", features };
}
