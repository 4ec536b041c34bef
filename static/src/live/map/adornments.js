/** What accompanies the vehicles on the canvas: the trail behind one, and the places for its label. */

import { MOVING } from "../status.js";
import { clusterRadius } from "./sprites.js";

const SHAPE_PX = 10;
/** The ring around the selected vehicle. */
const RING_PX = 23;
const LABEL_AWAY_PX = 13;
/** Clear of the ring around the selected vehicle. */
const LABEL_AWAY_FROM_RING_PX = 24;

/** A fading line through the last reports of each moving vehicle. */
export function drawTrails(context, view, { store, drawn, selected, colour }) {
  context.lineWidth = 3;
  context.lineCap = "round";
  context.strokeStyle = colour;
  for (const { key, x, y } of drawn) {
    if (store.status[key] !== MOVING || key === selected) continue;
    const trail = store.trail(key);
    const pieces = trail.length / 2;
    for (let k = 0; k < pieces; k += 1) {
      const last = k === pieces - 1;
      context.globalAlpha = (0.5 * (k + 1)) / pieces;
      context.beginPath();
      context.moveTo(view.screenX(trail[2 * k]), view.screenY(trail[2 * k + 1]));
      context.lineTo(last ? x : view.screenX(trail[2 * k + 2]), last ? y : view.screenY(trail[2 * k + 3]));
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

/**
 * A label beside its vehicle: on the right, else on the left; the selected one may also go above or
 * below. Only places where the edge of the map does not cut it.
 */
export function labelCandidate({ key, x, y }, picture, { ratio, first, view }) {
  const width = picture.width / ratio;
  const height = picture.height / ratio;
  const away = first ? LABEL_AWAY_FROM_RING_PX : LABEL_AWAY_PX;
  const places = [
    { side: "right", x: x + away, y: y - height / 2 },
    { side: "left", x: x - away - width, y: y - height / 2 },
  ];
  if (first) {
    places.push({ side: "above", x: x - width / 2, y: y - away - height }, { side: "below", x: x - width / 2, y: y + away });
  }
  const whole = ({ x: left, y: top }) => left >= 0 && top >= 0 && left + width <= view.width && top + height <= view.height;
  return { key, first, picture, width, height, places: places.filter(whole) };
}

/** Boxes that labels leave free: the vehicles and clusters themselves. */
export function obstaclesOf(vehicles, clusters, selected) {
  return [
    ...vehicles.map(({ key, x, y }) => square(x, y, key === selected ? RING_PX : SHAPE_PX)),
    ...clusters.map(({ cluster, x, y }) => square(x, y, clusterRadius(cluster.count))),
  ];
}

function square(x, y, reach) {
  return { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
}
