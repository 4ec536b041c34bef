/**
 * What lies under the vehicles on our own canvas: a degree grid that always has a line in sight,
 * country names, and the track of the selected vehicle.
 */

import { latitudeOf, longitudeOf, mercatorX, mercatorY } from "../mercator.js";

const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const CLOSEST_LINES_PX = 130;
const GAP_MS = 10 * 60_000;

/** @param {{colours: object, font: string, right: number}} look `right`: up to where the map is in sight */
export function drawGrid(context, view, { colours, font, right }) {
  const step = STEPS.findLast((degrees) => (degrees / 360) * view.scale >= CLOSEST_LINES_PX) ?? STEPS[0];
  const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step));
  const west = longitudeOf(view.unprojectX(0));
  const east = longitudeOf(view.unprojectX(view.width));
  const north = Math.min(84, latitudeOf(view.unprojectY(0)));
  const south = Math.max(-84, latitudeOf(view.unprojectY(view.height)));
  context.lineWidth = 1;
  context.strokeStyle = colours.grid;
  context.fillStyle = colours.gridText;
  context.font = `500 10px ${font}`;
  context.beginPath();
  const names = [];
  for (let k = Math.ceil(west / step); k * step <= east; k += 1) {
    const sx = Math.round((mercatorX(k * step) - view.centreX) * view.scale + view.middleX) + 0.5;
    context.moveTo(sx, 0);
    context.lineTo(sx, view.height);
    const lon = ((((k * step + 180) % 360) + 360) % 360) - 180;
    names.push([`${Math.abs(lon).toFixed(digits)}°${side(lon, "E", "W")}`, sx + 4, 12]);
  }
  for (let k = Math.ceil(south / step); k * step <= north; k += 1) {
    const lat = k * step;
    const sy = Math.round(view.screenY(mercatorY(lat))) + 0.5;
    context.moveTo(0, sy);
    context.lineTo(view.width, sy);
    names.push([`${Math.abs(lat).toFixed(digits)}°${side(lat, "N", "S")}`, right - 46, sy - 4]);
  }
  context.stroke();
  for (const [text, x, y] of names) context.fillText(text, x, y);
}

/** The equator, Greenwich and the date line lie on no side. */
function side(degrees, positive, negative) {
  if (degrees === 0 || Math.abs(degrees) === 180) return "";
  return degrees > 0 ? positive : negative;
}

/** Names of the larger countries that fit without touching each other. */
export function drawPlaces(context, view, places, colours, font) {
  if (view.zoom > 7.5) return;
  const taken = [];
  context.font = `500 11px ${font}`;
  context.textAlign = "center";
  context.fillStyle = colours.placeText;
  context.strokeStyle = colours.land;
  context.lineWidth = 3;
  context.lineJoin = "round";
  for (const place of places) {
    // A square degree at this zoom, in pixels, says whether the country is large enough for its name.
    if (place.area * (view.scale / 360) ** 2 < 2_600) break;
    const sx = view.screenX(mercatorX(place.lon));
    const sy = view.screenY(mercatorY(place.lat));
    if (!view.holds(sx, sy, 40)) continue;
    const half = place.name.length * 3.2 + 6;
    if (taken.some(([x, y, w]) => Math.abs(x - sx) < w + half && Math.abs(y - sy) < 16)) continue;
    taken.push([sx, sy, half]);
    context.strokeText(place.name, sx, sy);
    context.fillText(place.name, sx, sy);
  }
  context.textAlign = "start";
}

/** Columns of a track, with Mercator places worked out once. */
export function prepareTrack({ t, lon, lat }) {
  const length = t.length;
  const x = new Float64Array(length);
  const y = new Float64Array(length);
  for (let k = 0; k < length; k += 1) {
    x[k] = mercatorX(lon[k]);
    y[k] = mercatorY(lat[k]);
  }
  return { t, x, y, length };
}

/** The way of today; where the vehicle was silent for long the line is only dotted. */
export function drawTrack(context, view, track, colours) {
  if (track.length === 0) return;
  const solid = new Path2D();
  const silent = new Path2D();
  let lastX = view.screenX(track.x[0]);
  let lastY = view.screenY(track.y[0]);
  solid.moveTo(lastX, lastY);
  for (let k = 1; k < track.length; k += 1) {
    const sx = view.screenX(track.x[k]);
    const sy = view.screenY(track.y[k]);
    const gap = track.t[k] - track.t[k - 1] > GAP_MS;
    if (!gap && k < track.length - 1 && Math.abs(sx - lastX) + Math.abs(sy - lastY) < 2) continue;
    if (gap) {
      silent.moveTo(lastX, lastY);
      silent.lineTo(sx, sy);
      solid.moveTo(sx, sy);
    } else solid.lineTo(sx, sy);
    lastX = sx;
    lastY = sy;
  }
  context.lineJoin = "round";
  context.lineCap = "round";
  context.strokeStyle = colours.halo;
  context.lineWidth = 6;
  context.stroke(solid);
  context.strokeStyle = colours.track;
  context.lineWidth = 3;
  context.stroke(solid);
  context.lineWidth = 2;
  context.setLineDash([1, 6]);
  context.stroke(silent);
  context.setLineDash([]);
  dot(context, view.screenX(track.x[0]), view.screenY(track.y[0]), colours);
}

export function drawTrackCursor(context, view, track, k, colours) {
  dot(context, view.screenX(track.x[k]), view.screenY(track.y[k]), colours, 6);
}

function dot(context, x, y, colours, radius = 4.5) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colours.halo;
  context.fill();
  context.lineWidth = 2.5;
  context.strokeStyle = colours.track;
  context.stroke();
}
