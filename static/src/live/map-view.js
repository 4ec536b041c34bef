/** The map part of the page: base map, overlay, camera, tooltip and controls behind one door. */

import { toast } from "../shell/toasts.js";
import { Camera } from "./camera.js";
import { ago } from "./format.js";
import { mainBody } from "./framing.js";
import { createBaseMap } from "./map/basemap.js";
import { readColours } from "./map/colours.js";
import { Overlay } from "./map/overlay.js";
import { MOVING, STATUS_KEYS, STATUS_WORDS } from "./status.js";

const LABEL_TOUCH_MS = 30;
/** What lies over the map, so that a label under it would be cut. */
const FLOATING = ["[data-panel]", "[data-sheet-body]", "[data-map-note]", "[data-map-controls]"];

export class MapView {
  #parts;
  #overlay = null;
  #camera = null;
  #map = null;
  #paint = null;
  #vehicles = { indexes: [], selected: -1 };
  #track = null;

  constructor(parts) {
    this.#parts = parts;
    /** Resolves when the map can be moved; never when this browser cannot draw it. */
    this.ready = new Promise((resolve) => {
      this.#start().then(resolve, (error) => this.#failed(error));
    });
  }

  setVehicles(indexes, selected) {
    this.#vehicles = { indexes, selected };
    this.#overlay?.setVehicles(indexes, selected);
  }

  setTrack(track) {
    this.#track = track;
    this.#overlay?.setTrack(track);
  }

  setTrackCursor(k) {
    this.#overlay?.setTrackCursor(k);
  }

  positionsChanged() {
    this.#overlay?.positionsChanged();
  }

  fit(indexes, options) {
    this.#camera?.fitVehicles(indexes, options);
  }

  /** The first look at the fleet, without a flight; says so when a few far vehicles are left out of it. */
  startWithFleet(indexes) {
    const { store } = this.#parts;
    const placed = indexes.filter((i) => store.isPlaced(i));
    const body = mainBody(placed, store);
    this.fit(body, { instant: true });
    const away = placed.length - body.length;
    if (away > 0) toast(`${away === 1 ? "One vehicle is" : `${away} vehicles are`} far away, outside this view. The button at the top left of the map shows all.`, { seconds: 9 });
  }

  /** The track of today and the vehicle, or only the vehicle. */
  fitVehicle(index, track) {
    if (track?.t.length > 1) this.#camera?.fitTrack(track, index);
    else this.#camera?.fitVehicles([index]);
  }

  /** First look at one vehicle, without a flight across the world. */
  start(index) {
    this.#camera?.fitVehicles([index], { instant: true });
  }

  reveal(index) {
    this.#camera?.reveal(index);
  }

  follow(index, { first }) {
    this.#camera?.follow(index, { first });
  }

  repaint() {
    const colours = readColours();
    this.#paint?.(colours);
    this.#overlay?.setColours(colours);
  }

  resized() {
    this.#map?.resize();
  }

  shown() {
    return this.#overlay?.shown() ?? { vehicles: [], places: [], clusters: 0 };
  }

  async #start() {
    const { root, store, config, assets } = this.#parts;
    const colours = readColours();
    let places = [];
    const { map, kind, note, paint } = await createBaseMap({
      container: root.querySelector("[data-map]"),
      config,
      assets,
      colours,
      onPlaces: (found) => {
        places = found;
        this.#overlay?.setPlaces(found);
      },
    });
    this.#map = map;
    this.#paint = paint;
    this.#overlay = new Overlay({
      map,
      store,
      colours: readColours(),
      grid: kind === "outlines",
      covered: () => this.#covered(),
      floating: () => this.#floating(),
    });
    this.#overlay.setPlaces(places);
    this.#overlay.setVehicles(this.#vehicles.indexes, this.#vehicles.selected);
    this.#overlay.setTrack(this.#track);
    this.#camera = new Camera({ map, store, padding: () => this.#covered(), onTaken: this.#parts.onTaken });
    this.#listen(map);
    this.#showNote(note);
    map.on("error", ({ error }) => reportError(error));
    root.querySelector("[data-map]").dataset.ready = kind;
  }

  #listen(map) {
    const { root, onChoose, onFitAll } = this.#parts;
    const tooltip = root.querySelector("[data-tooltip]");
    map.on("click", ({ point }) => {
      const hit = this.#overlay.hit(point.x, point.y);
      if (hit?.vehicle !== undefined) onChoose(hit.vehicle);
      else if (hit) this.#camera.fitVehicles(hit.cluster.members());
    });
    let movedAt = 0;
    map.on("mousemove", ({ point, originalEvent }) => {
      if (originalEvent.timeStamp - movedAt < LABEL_TOUCH_MS) return;
      movedAt = originalEvent.timeStamp;
      const hit = this.#overlay.hit(point.x, point.y);
      map.getCanvas().style.cursor = hit ? "pointer" : "";
      this.#overlay.setHovered(hit?.vehicle ?? -1);
      this.#showTooltip(tooltip, hit, point);
    });
    const leave = () => {
      this.#overlay.setHovered(-1);
      tooltip.hidden = true;
    };
    map.on("mouseout", leave);
    map.on("movestart", leave);
    root.querySelector("[data-zoom-in]").addEventListener("click", () => map.zoomIn());
    root.querySelector("[data-zoom-out]").addEventListener("click", () => map.zoomOut());
    root.querySelector("[data-fit-all]").addEventListener("click", onFitAll);
  }

  #showTooltip(tooltip, hit, point) {
    tooltip.hidden = !hit;
    if (!hit) return;
    const [title, text, status] = hit.cluster ? clusterText(hit.cluster) : this.#vehicleText(hit.vehicle);
    tooltip.dataset.status = status;
    tooltip.children[0].textContent = title;
    tooltip.children[1].textContent = text;
    const width = this.#map.getContainer().clientWidth;
    tooltip.style.transform = `translate(${Math.min(point.x + 14, width - 240)}px, ${point.y + 16}px)`;
  }

  #vehicleText(index) {
    const { store, format, now } = this.#parts;
    const status = store.status[index];
    const speed = status === MOVING && !Number.isNaN(store.speed[index]) ? ` ${format.speed(store.speed[index])}` : "";
    const { number = "New vehicle", driver = "" } = store.vehicles[index] ?? {};
    const who = driver ? `${driver}, ` : "";
    return [number, `${who}${STATUS_WORDS[status].toLowerCase()}${speed}, ${ago(now() - store.r[index])}`, STATUS_KEYS[status]];
  }

  /** Boxes of what lies over the map, in pixels of the map. */
  #floating() {
    const { root } = this.#parts;
    const map = root.querySelector("[data-map]").getBoundingClientRect();
    return FLOATING.map((selector) => root.querySelector(selector).getBoundingClientRect())
      .filter(({ width }) => width > 0)
      .map(({ left, top, width, height }) => ({ x: left - map.left, y: top - map.top, width, height }));
  }

  /** Pixels at each side of the map that panel, sheet and, on a phone, the note cover. */
  #covered() {
    const { root, sheet } = this.#parts;
    const map = root.querySelector("[data-map]").getBoundingClientRect();
    if (sheet.isPhone) {
      const top = root.querySelector("[data-sheet-body]").getBoundingClientRect().top;
      const note = root.querySelector("[data-map-note]");
      return {
        left: 0,
        right: 0,
        top: note.hidden ? 0 : Math.min(map.height * 0.3, note.getBoundingClientRect().bottom - map.top),
        bottom: Math.max(0, Math.min(map.height * 0.6, map.bottom - top)),
      };
    }
    const panel = root.querySelector("[data-panel]");
    return { left: 0, right: panel.hidden ? 0 : panel.offsetWidth + 12, top: 0, bottom: 0 };
  }

  #showNote(text) {
    const note = this.#parts.root.querySelector("[data-map-note]");
    note.querySelector("span").textContent = text;
    note.hidden = text === "" || sessionStorage.getItem("map-note") === text;
    note.querySelector("button").addEventListener("click", () => {
      sessionStorage.setItem("map-note", text);
      note.hidden = true;
    });
  }

  #failed(error) {
    reportError(error);
    this.#parts.root.querySelector("[data-map-error]").hidden = false;
  }
}

function clusterText({ count, counts }) {
  const shares = [2, 1, 0, 3].filter((s) => counts[s] > 0).map((s) => `${counts[s]} ${STATUS_WORDS[s].toLowerCase()}`);
  return [`${count} vehicles`, shares.join(", "), ""];
}
