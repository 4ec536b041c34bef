/**
 * Makes the MapLibre map: with the configured base map when it answers, else with our outlines.
 * The map is flat and north-up: a dispatcher reads it like a wall map, and the overlay stays cheap.
 */

import { addProtocol, AttributionControl, Map as MapLibreMap, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { loadOutlines, outlinesStyle, paintOutlines } from "./outlines.js";
import { pmtilesStyle } from "./pmtiles-style.js";

const STYLE_WITHIN_MS = 8_000;

/**
 * @returns {Promise<{map: MapLibreMap, kind: "style"|"pmtiles"|"outlines", note: string, paint: (colours: object) => void}>}
 * `note` is a sentence for the person when the map is less than it could be, else "".
 */
export async function createBaseMap({ container, config, assets, colours, onPlaces }) {
  setWorkerUrl(assets.maplibreWorker);
  const { style, kind, note } = await chooseStyle(config, colours);
  const map = new MapLibreMap({
    container,
    style,
    center: [-30, 28],
    zoom: 1.4,
    minZoom: 1,
    maxZoom: 19,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ unit: config.units === "mi" ? "imperial" : "metric", maxWidth: 110 }), "bottom-left");
  map.addControl(new AttributionControl({ compact: false, customAttribution: kind === "outlines" ? "Natural Earth" : undefined }), "bottom-right");
  await map.once("style.load");
  if (kind === "outlines") loadOutlines(map, assets, onPlaces).catch(reportError);
  const paint = (changed) => {
    if (kind === "outlines") paintOutlines(map, changed);
    else if (kind === "pmtiles") map.setStyle(pmtilesStyle(config.pmtilesUrl, changed));
  };
  return { map, kind, note, paint };
}

async function chooseStyle(config, colours) {
  if (config.mapStyleUrl) {
    const failure = await reach(config.mapStyleUrl);
    if (!failure) return { style: config.mapStyleUrl, kind: "style", note: "" };
    return {
      style: outlinesStyle(colours),
      kind: "outlines",
      note: `The base map did not load (${failure}); showing outlines only. Check MAP_STYLE_URL and the network.`,
    };
  }
  if (config.pmtilesUrl) {
    const { Protocol } = await import(PMTILES);
    addProtocol("pmtiles", new Protocol().tile);
    return { style: pmtilesStyle(config.pmtilesUrl, colours), kind: "pmtiles", note: "" };
  }
  return {
    style: outlinesStyle(colours),
    kind: "outlines",
    note: "No base map is configured; showing outlines only. Set MAP_STYLE_URL to any MapLibre style to see streets.",
  };
}

// A name in a variable: static file hashing takes a quoted one for a relative path.
const PMTILES = "pmtiles";

/** Why the style cannot be had, in a few words, or "" when it can. */
async function reach(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(STYLE_WITHIN_MS) });
    if (!response.ok) return `the server answered ${response.status}`;
    await response.json();
    return "";
  } catch (error) {
    if (error.name === "TimeoutError") return "no answer within 8 s";
    return error instanceof SyntaxError ? "the answer is not a style" : "it could not be reached";
  }
}
