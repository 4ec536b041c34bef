/** What today's track says in figures. Pure. */

/** Quality flags of a position that say it is no place where the vehicle was: 1 impossible jump, 4 no satellite fix. */
const NOT_A_PLACE = 1 | 4;
const EARTH_RADIUS_M = 6_371_008.8;
const MOVING_FROM_MPS = 1.4;
/** Between two reports further apart than this nothing is known, so it counts neither as driving nor standing. */
const LONGEST_STEP_MS = 10 * 60_000;

/**
 * @param {{t: number[], lon: number[], lat: number[], speed: (number|null)[]}} track ascending by t (ms)
 * @returns {{distance_m: number, driving_ms: number, top_mps: number|null, first: number|null, last: number|null}}
 *   distance is the sum of great-circle steps between fixes, so it is a little short of the odometer
 */
export function trackFacts({ t, lon, lat, speed }) {
  let distance = 0;
  let driving = 0;
  let top = null;
  for (let k = 0; k < t.length; k += 1) {
    if (speed[k] !== null && (top === null || speed[k] > top)) top = speed[k];
    if (k === 0) continue;
    const step = greatCircle(lon[k - 1], lat[k - 1], lon[k], lat[k]);
    const elapsed = t[k] - t[k - 1];
    distance += step;
    if (elapsed <= LONGEST_STEP_MS && elapsed > 0 && (step / elapsed) * 1000 >= MOVING_FROM_MPS) driving += elapsed;
  }
  return { distance_m: distance, driving_ms: driving, top_mps: top, first: t[0] ?? null, last: t.at(-1) ?? null };
}

/** The track without positions that the pipeline flagged as impossible jumps or invalid fixes. */
export function believable(track) {
  const kept = track.flags.map((flags) => (flags & NOT_A_PLACE) === 0);
  const columns = ["t", "lon", "lat", "speed", "flags"].map((name) => [name, track[name].filter((_, k) => kept[k])]);
  return { ...track, ...Object.fromEntries(columns) };
}

function greatCircle(lon1, lat1, lon2, lat2) {
  const rad = Math.PI / 180;
  const dLat = ((lat2 - lat1) * rad) / 2;
  const dLon = ((lon2 - lon1) * rad) / 2;
  const h = Math.sin(dLat) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(dLon) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
