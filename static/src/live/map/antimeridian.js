/**
 * Natural Earth's rings run across the date line: a step from 179 to -179 degrees. On a flat map that
 * step would be a line across the whole world, so rings and lines are made continuous, with longitudes
 * that may leave -180..180; MapLibre wraps them. Pure.
 */

/** Longitudes without jumps: each point within 180 degrees of the one before. */
export function unwrapLine(points) {
  let shift = 0;
  return points.map(([lon, lat], k) => {
    if (k > 0) {
      const step = lon - points[k - 1][0];
      if (step > 180) shift -= 360;
      else if (step < -180) shift += 360;
    }
    return [lon + shift, lat];
  });
}

/** The same for a closed ring; one that goes around a pole is opened at the date line and closed along the map's edge. */
export function unwrapRing(points) {
  const ring = unwrapLine(points);
  if (Math.abs(ring.at(-1)[0] - ring[0][0]) < 180) return ring;
  const open = points.slice(0, -1);
  const cut = open.findIndex(([lon], k) => Math.abs(lon - open.at(k - 1)[0]) > 180);
  const across = [...open.slice(cut), ...open.slice(0, cut)];
  const pole = across[0][1] < 0 ? -90 : 90;
  return [...across, [across.at(-1)[0], pole], [across[0][0], pole], across[0]];
}

/** A Polygon or MultiPolygon as rings without jumps; holes follow their outer ring. */
export function unwrapPolygons(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return { type: "MultiPolygon", coordinates: polygons.map((rings) => rings.filter(hasExtent).map(unwrapRing)) };
}

/** On the globe a ring may run around the pole itself; on the map that is no area. */
function hasExtent(ring) {
  return ring.some(([, lat]) => Math.abs(lat) < 89.9);
}
