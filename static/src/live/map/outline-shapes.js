/**
 * From a Natural Earth topology to what the map draws, in pieces small enough that a part of the
 * world can be taken without the rest. Pure; runs in the worker.
 */

import { feature, mesh } from "../../../vendor/topojson-client/src/index.js";
import { unwrapLine, unwrapPolygons } from "./antimeridian.js";

const LINE_PIECE = 200;

/**
 * @returns {{land: {box: number[], rings: number[][][]}[], coast: {box: number[], line: number[][]}[],
 *   borders: {box: number[], line: number[][]}[], places: {name: string, lon: number, lat: number, area: number}[]}}
 */
export function shapesOf(topology) {
  const { countries } = topology.objects;
  const { features } = feature(topology, countries);
  const land = [];
  const places = [];
  for (const { properties, geometry } of features) {
    const polygons = unwrapPolygons(geometry).coordinates;
    for (const rings of polygons) land.push({ box: boxOf(rings[0]), rings });
    places.push({ name: properties.name, ...largest(polygons) });
  }
  return {
    land,
    places: places.sort((a, b) => b.area - a.area),
    coast: pieces(mesh(topology, countries, (a, b) => a === b)),
    borders: pieces(mesh(topology, countries, (a, b) => a !== b)),
  };
}

/** GeoJSON of what touches the box [west, south, east, north]; null takes the whole world. */
export function within(shapes, box) {
  const near = (items) => (box ? items.filter((item) => touches(item.box, box)) : items);
  const lines = (items) => ({ type: "MultiLineString", coordinates: near(items).map(({ line }) => line) });
  return {
    land: { type: "MultiPolygon", coordinates: near(shapes.land).map(({ rings }) => rings) },
    coast: lines(shapes.coast),
    borders: lines(shapes.borders),
  };
}

/** Rings may lie a world further east or west than the box, so both neighbours are tried. */
function touches([west, south, east, north], box) {
  if (south > box[3] || north < box[1]) return false;
  return [-360, 0, 360].some((shift) => west + shift <= box[2] && east + shift >= box[0]);
}

function pieces({ coordinates }) {
  const found = [];
  for (const whole of coordinates) {
    const line = unwrapLine(whole);
    for (let k = 0; k < line.length - 1; k += LINE_PIECE) {
      const piece = line.slice(k, k + LINE_PIECE + 1);
      found.push({ box: boxOf(piece), line: piece });
    }
  }
  return found;
}

function boxOf(points) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of points) {
    if (lon < box[0]) box[0] = lon;
    if (lat < box[1]) box[1] = lat;
    if (lon > box[2]) box[2] = lon;
    if (lat > box[3]) box[3] = lat;
  }
  return box;
}

/** The middle of the largest piece of a country; area in square degrees. */
function largest(polygons) {
  let best = { area: -1, lon: 0, lat: 0 };
  for (const [ring] of polygons) {
    const centre = centroid(ring);
    if (centre.area > best.area) best = centre;
  }
  return best;
}

function centroid(ring) {
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let k = 0; k < ring.length - 1; k += 1) {
    const [x0, y0] = ring[k];
    const [x1, y1] = ring[k + 1];
    const cross = x0 * y1 - x1 * y0;
    twice += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  return { area: Math.abs(twice / 2), lon: x / (3 * twice), lat: y / (3 * twice) };
}
