/** Web Mercator in the unit square: x grows east, y grows south, both 0 to 1. */

const MAX_LATITUDE = 85.051129;

export function mercatorX(lon) {
  return lon / 360 + 0.5;
}

export function mercatorY(lat) {
  const clamped = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat));
  const sin = Math.sin((clamped * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

export function longitudeOf(x) {
  return (x - 0.5) * 360;
}

export function latitudeOf(y) {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** Metres on the ground for one unit of the square at this latitude. */
export function metresPerUnit(lat) {
  return 40_075_016.686 * Math.cos((lat * Math.PI) / 180);
}
