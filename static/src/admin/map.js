/** The read-only map of an admin page: one position, or the track of a vehicle. */

import { LngLatBounds } from "maplibre-gl";
import { createBaseMap } from "../live/map/basemap.js";
import { readColours } from "../live/map/colours.js";
import { accuracyRing, trackParts } from "./shapes.js";

const config = JSON.parse(document.getElementById("admin-map-config").textContent);
const assets = JSON.parse(document.getElementById("admin-map-assets").textContent);
const container = document.querySelector("[data-admin-map]");
const note = document.querySelector("[data-admin-map-note]");

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

async function start() {
  const colours = readColours();
  colours.danger = getComputedStyle(document.documentElement).getPropertyValue("--danger");
  const base = await createBaseMap({ container, config, assets, colours, onPlaces: () => {} });
  const { map } = base;
  map.scrollZoom.disable(); // the page scrolls past it; + and - and double click zoom
  const said = config.kind === "track" ? await showTrack(map, colours) : showPoint(map, colours);
  note.textContent = [said, base.note].filter(Boolean).join(" ");
}

async function showTrack(map, colours) {
  const response = await fetch(config.trackUrl);
  if (!response.ok) throw new Error(`the track answered ${response.status}`);
  const track = await response.json();
  if (track.t.length === 0) return "This vehicle has sent no position yet.";
  const { line, jumps, ends } = trackParts(track);
  addLine(map, "track", line, { "line-color": colours.track, "line-width": 3 });
  addCircles(map, "jumps", jumps, { "circle-radius": 4, "circle-color": colours.halo, "circle-stroke-width": 2, "circle-stroke-color": colours.danger });
  const forStart = (start, finish) => ["match", ["get", "end"], "start", start, finish];
  addCircles(map, "ends", ends, {
    "circle-radius": forStart(5, 7),
    "circle-color": forStart(colours.halo, colours.track),
    "circle-stroke-width": forStart(3, 2),
    "circle-stroke-color": forStart(colours.track, colours.halo),
  });
  const bounds = new LngLatBounds();
  for (const place of line.geometry.coordinates.flat()) bounds.extend(place);
  if (bounds.isEmpty()) for (const f of jumps.features) bounds.extend(f.geometry.coordinates);
  map.fitBounds(bounds, { padding: 40, maxZoom: 16, animate: false });
  const last = new Date(track.t.at(-1));
  const doubts = jumps.features.length ? ` ${jumps.features.length} impossible jumps are drawn as red rings.` : "";
  const cut = track.truncated ? " Only the newest part is drawn." : "";
  const key = ends.features.length ? " The ring is where the track begins, the dot where it ends." : "";
  return `${track.t.length} fixes in the ${config.hours} hours before ${day.format(last)} UTC.${key}${doubts}${cut}`;
}

function showPoint(map, colours) {
  const place = [config.lon, config.lat];
  if (config.accuracyM) {
    map.addSource("accuracy", { type: "geojson", data: accuracyRing(config) });
    map.addLayer({ id: "accuracy", type: "fill", source: "accuracy", paint: { "fill-color": colours.accent, "fill-opacity": 0.15 } });
  }
  const point = { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: place } }] };
  addCircles(map, "point", point, { "circle-radius": 7, "circle-color": colours.accent, "circle-stroke-width": 2, "circle-stroke-color": colours.halo });
  map.jumpTo({ center: place, zoom: 14 });
  return "";
}

function addLine(map, id, data, paint) {
  map.addSource(id, { type: "geojson", data });
  map.addLayer({ id, type: "line", source: id, layout: { "line-join": "round", "line-cap": "round" }, paint });
}

function addCircles(map, id, data, paint) {
  map.addSource(id, { type: "geojson", data });
  map.addLayer({ id, type: "circle", source: id, paint });
}

start().catch((error) => {
  console.error("admin map", error);
  note.textContent = `The map did not load (${error.message}). Reload the page to try again.`;
});
