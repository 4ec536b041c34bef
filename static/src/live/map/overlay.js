/**
 * Two canvases over the map: the ground (grid, country names, track) is drawn when the camera moves,
 * the vehicles when one of them moves too. Only what is in view is drawn, nothing when nothing changed.
 */

import { mercatorX, mercatorY } from "../mercator.js";
import { pointsSomewhere } from "../store.js";
import { IDLING, MOVING } from "../status.js";
import { labelCandidate, drawTrails, obstaclesOf } from "./adornments.js";
import { addCanvas, clear } from "./canvas.js";
import { Clusters } from "./clusters.js";
import { drawGrid, drawPlaces, drawTrack, drawTrackCursor, prepareTrack } from "./ground.js";
import { LabelPlacer } from "./labels.js";
import { clusterRadius, Sprites } from "./sprites.js";
import { View } from "./view.js";

/** Between two drawings: close up things move many pixels a second, from afar only a few. */
const FRAME_MS_CLOSE = 32;
const FRAME_MS_FAR = 64;
const CLOSE_FROM_ZOOM = 14;
const LABELS_FROM_ZOOM = 11;
const FEW_VEHICLES = 150;
const MOST_LABELS = 140;
const MOST_CANDIDATES = 1_500;
const TRAILS_FROM_ZOOM = 12.5;
const MOST_TRAILS = 250;
const HIT_PX = 14;

export class Overlay {
  #ground;
  #vehicles;
  #view = new View();
  #clusters;
  #labels = new LabelPlacer();
  #drawn = [];
  #drawnClusters = [];
  #request = 0;
  #drawnAt = 0;
  #groundDirty = true;
  #track = null;
  #trackCursor = -1;
  #point = [0, 0];

  /**
   * @param {{map: object, store: object, colours: object, grid: boolean, covered: () => {right: number},
   *   floating: () => {x: number, y: number, width: number, height: number}[]}} parts
   *   `grid`: draw our own ground; `covered`, `floating`: what lies over the map, in its pixels
   */
  constructor({ map, store, colours, grid, covered, floating }) {
    this.map = map;
    this.store = store;
    this.grid = grid;
    this.covered = covered;
    this.floating = floating;
    this.places = [];
    this.selected = -1;
    this.hovered = -1;
    this.font = getComputedStyle(document.body).fontFamily;
    this.#clusters = new Clusters(store);
    this.#ground = addCanvas(map, "map-ground");
    this.#vehicles = addCanvas(map, "map-vehicles");
    this.setColours(colours);
    map.on("render", () => {
      if (this.#cameraMoved()) this.#draw(performance.now());
    });
    map.on("resize", () => {
      this.#groundDirty = true;
      this.schedule();
    });
  }

  setColours(colours) {
    this.colours = colours;
    this.sprites = new Sprites(colours, this.font, window.devicePixelRatio);
    this.#groundDirty = true;
    this.schedule();
  }

  setPlaces(places) {
    this.places = places;
    this.#groundDirty = true;
    this.schedule();
  }

  /** Which vehicles are shown, and which one is selected (-1: none). */
  setVehicles(indexes, selected) {
    // With the panel comes or goes the room for the names of the grid.
    if (selected < 0 !== this.selected < 0) this.#groundDirty = true;
    this.selected = selected;
    this.#clusters.setVehicles(withSelected(indexes, selected, this.store), selected);
    this.schedule();
  }

  setHovered(i) {
    if (i === this.hovered) return;
    this.hovered = i;
    this.schedule();
  }

  /** @param {{t: number[], lon: number[], lat: number[]}|null} track */
  setTrack(track) {
    this.#track = track ? prepareTrack(track) : null;
    if (!track || this.#trackCursor >= this.#track.length) this.#trackCursor = -1;
    this.#groundDirty = true;
    this.schedule();
  }

  setTrackCursor(k) {
    if (k === this.#trackCursor) return;
    this.#trackCursor = k;
    this.schedule();
  }

  positionsChanged() {
    this.#clusters.positionsChanged();
    this.schedule();
  }

  /** @returns {{vehicle: number}|{cluster: object}|null} what is at this point of the screen */
  hit(x, y) {
    let best = null;
    let bestDistance = HIT_PX;
    for (const item of this.#drawn) {
      const distance = Math.hypot(item.x - x, item.y - y);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = { vehicle: item.key };
      }
    }
    if (best) return best;
    for (const { cluster, x: cx, y: cy } of this.#drawnClusters) {
      if (Math.hypot(cx - x, cy - y) <= clusterRadius(cluster.count) + 2) return { cluster };
    }
    return null;
  }

  /** For tests: what the canvas shows now, and where, in pixels of the map. */
  shown() {
    return {
      vehicles: this.#drawn.map((item) => this.store.ids[item.key]),
      places: this.#drawn.map(({ x, y }) => [x, y]),
      clusters: this.#drawnClusters.length,
    };
  }

  schedule() {
    if (this.#request) return;
    this.#request = requestAnimationFrame((now) => this.#tick(now));
  }

  #tick(now) {
    this.#request = 0;
    const pause = this.#view.zoom >= CLOSE_FROM_ZOOM ? FRAME_MS_CLOSE : FRAME_MS_FAR;
    if (now - this.#drawnAt < pause && !this.#groundDirty) return this.schedule();
    this.#draw(now);
  }

  #draw(now) {
    this.#drawnAt = now;
    if (this.#cameraMoved()) this.#groundDirty = true;
    const view = this.#view.read(this.map);
    if (this.#groundDirty) this.#drawGround(view);
    if (this.#drawVehicles(view, now)) this.schedule();
  }

  #cameraMoved() {
    const { centreX, centreY, zoom, width, height, middleX } = this.#view;
    const now = new View().read(this.map);
    return (
      now.centreX !== centreX || now.centreY !== centreY || now.zoom !== zoom ||
      now.width !== width || now.height !== height || now.middleX !== middleX
    );
  }

  #drawGround(view) {
    const context = clear(this.#ground, view, this.sprites.ratio);
    if (this.grid) {
      drawGrid(context, view, { colours: this.colours, font: this.font, right: view.width - this.covered().right });
      drawPlaces(context, view, this.places, this.colours, this.font);
    }
    if (this.#track) drawTrack(context, view, this.#track, this.colours);
    this.#groundDirty = false;
  }

  /** @returns {boolean} whether something still glides in view */
  #drawVehicles(view, now) {
    const context = clear(this.#vehicles, view, this.sprites.ratio);
    const { clusters, singles } = this.#clusters.at(view.zoom, now);
    this.#drawnClusters = [];
    for (const cluster of clusters) {
      const x = view.screenX(mercatorX(cluster.lon));
      const y = view.screenY(mercatorY(cluster.lat));
      if (view.holds(x, y, 40)) this.#drawnClusters.push({ cluster, x, y });
    }
    const gliding = this.#placeVehicles(view, now, singles);
    if (view.zoom >= TRAILS_FROM_ZOOM && this.#drawn.length <= MOST_TRAILS) {
      drawTrails(context, view, { store: this.store, drawn: this.#drawn, selected: this.selected, colour: this.colours.status[MOVING] });
    }
    for (const { cluster, x, y } of this.#drawnClusters) this.#stamp(context, this.sprites.cluster(cluster.count, cluster.counts), x, y);
    if (this.#track && this.#trackCursor >= 0) drawTrackCursor(context, view, this.#track, this.#trackCursor, this.colours);
    this.#drawSprites(context);
    this.#drawLabels(context, view);
    return gliding;
  }

  #placeVehicles(view, now, singles) {
    const { store } = this;
    const point = this.#point;
    let gliding = false;
    this.#drawn = [];
    for (const i of singles) {
      const moves = store.displayed(i, now, point);
      const x = view.screenX(point[0]);
      const y = view.screenY(point[1]);
      if (!view.holds(x, y, 30)) continue;
      this.#drawn.push({ key: i, x, y });
      // Less than a pixel of way to go is not worth another frame.
      if (moves && !gliding) {
        gliding = (Math.abs(store.x[i] - point[0]) + Math.abs(store.y[i] - point[1])) * view.scale > 0.6;
      }
    }
    return gliding;
  }

  #drawSprites(context) {
    const { store } = this;
    // Moving on top of standing, whatever the order of the list; the selected one above all.
    for (const above of [false, true]) {
      for (const { key, x, y } of this.#drawn) {
        const status = store.status[key];
        if ((status === MOVING || status === IDLING) !== above || key === this.selected) continue;
        this.sprites.vehicle(context, status, pointsSomewhere(store, key) ? store.heading[key] : null, x, y, key === this.hovered);
      }
    }
    const chosen = this.#drawn.find(({ key }) => key === this.selected);
    if (!chosen) return;
    const status = store.status[chosen.key];
    context.beginPath();
    context.arc(chosen.x, chosen.y, 22, 0, 2 * Math.PI);
    context.globalAlpha = 0.18;
    context.fillStyle = this.colours.accent;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 2;
    context.strokeStyle = this.colours.accent;
    context.stroke();
    this.sprites.vehicle(context, status, pointsSomewhere(store, chosen.key) ? store.heading[chosen.key] : null, chosen.x, chosen.y, true);
  }

  #drawLabels(context, view) {
    const drawn = this.#drawn;
    if (drawn.length > MOST_CANDIDATES && this.selected < 0 && this.hovered < 0) return;
    const all = view.zoom >= LABELS_FROM_ZOOM || drawn.length <= FEW_VEHICLES;
    const wanted = ({ key, x, y }) => this.store.vehicles[key] && (all || this.#isFirst(key)) && view.holds(x, y, 0);
    const candidates = drawn
      .filter(wanted)
      .map((item) => labelCandidate(item, this.sprites.label(this.store.vehicles[item.key].number), {
        ratio: this.sprites.ratio,
        first: this.#isFirst(item.key),
        view,
      }));
    const obstacles = [...obstaclesOf(drawn, this.#drawnClusters, this.selected), ...this.floating()];
    const limits = { obstacles, most: MOST_LABELS };
    for (const { picture, x, y, width, height } of this.#labels.place(candidates, limits)) {
      context.drawImage(picture, x, y, width, height);
    }
  }

  #isFirst(key) {
    return key === this.selected || key === this.hovered;
  }

  #stamp(context, picture, x, y) {
    const width = picture.width / this.sprites.ratio;
    const height = picture.height / this.sprites.ratio;
    context.drawImage(picture, x - width / 2, y - height / 2, width, height);
  }
}

/** The selected vehicle is shown even when the filters leave it out: its panel is open. */
function withSelected(indexes, selected, store) {
  if (selected < 0 || !store.isPlaced(selected) || indexes.includes(selected)) return indexes;
  return [...indexes, selected];
}
