/** Where the map looks: the whole fleet at first, a vehicle on demand, or always the followed one. */

import { latitudeOf, longitudeOf } from "./mercator.js";

const CLOSE_ZOOM = 13;
/** From here on the surroundings of a vehicle can be made out. */
const NEAR_ZOOM = 9;
const FOLLOW_ZOOM = 13;
const FIT = { maxZoom: 15, duration: 500 };

export class Camera {
  /** @param {{map: object, store: object, padding: () => object, onTaken: () => void}} parts
   *  `padding`: pixels covered by panels; `onTaken`: the person moved the map by hand */
  constructor({ map, store, padding, onTaken }) {
    this.map = map;
    this.store = store;
    this.padding = padding;
    map.on("dragstart", (event) => event.originalEvent && onTaken());
  }

  fitVehicles(indexes, { instant = false } = {}) {
    const placed = indexes.filter((i) => this.store.isPlaced(i));
    if (placed.length === 0) return;
    const { lon, lat } = this.store;
    const bounds = boundsOf(placed.map((i) => lon[i]), placed.map((i) => lat[i]));
    this.map.fitBounds(bounds, { ...FIT, padding: this.#inset(), duration: instant ? 0 : this.#duration(FIT.duration) });
  }

  fitTrack(track, i) {
    const lons = [...track.lon, this.store.lon[i]];
    const lats = [...track.lat, this.store.lat[i]];
    this.map.fitBounds(boundsOf(lons, lats), { ...FIT, padding: this.#inset(), duration: this.#duration(FIT.duration) });
  }

  /** Make sure that the vehicle is in sight, without moving a map that shows it already. */
  reveal(i) {
    if (!this.store.isPlaced(i)) return;
    const point = this.map.project([this.store.lon[i], this.store.lat[i]]);
    const { clientWidth, clientHeight } = this.map.getContainer();
    const covered = this.#inset();
    const seen = point.x > covered.left && point.x < clientWidth - covered.right && point.y > covered.top && point.y < clientHeight - covered.bottom;
    const near = this.map.getZoom() >= NEAR_ZOOM;
    if (seen && near) return;
    this.#go(i, near ? this.map.getZoom() : CLOSE_ZOOM, 600);
  }

  /** Keep the vehicle in the middle; called with every frame. */
  follow(i, { first }) {
    if (!this.store.isPlaced(i)) return;
    const zoom = first ? Math.max(this.map.getZoom(), FOLLOW_ZOOM) : this.map.getZoom();
    this.#go(i, zoom, this.store.glideMs[i] > 1 ? this.store.glideMs[i] : 400, (t) => t);
  }

  #go(i, zoom, duration, easing) {
    const { left, right, top, bottom } = this.padding();
    this.map.easeTo({
      center: [longitudeOf(this.store.x[i]), latitudeOf(this.store.y[i])],
      zoom,
      offset: [(left - right) / 2, (top - bottom) / 2],
      duration: this.#duration(duration),
      ...(easing ? { easing } : {}),
    });
  }

  #inset() {
    const { left, right, top, bottom } = this.padding();
    const { clientWidth, clientHeight } = this.map.getContainer();
    const edge = Math.min(76, (clientWidth - left - right) / 7, (clientHeight - top - bottom) / 7);
    return { left: left + edge, right: right + edge, top: top + edge, bottom: bottom + edge };
  }

  #duration(ms) {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms;
  }
}

function boundsOf(lons, lats) {
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let k = 0; k < lons.length; k += 1) {
    west = Math.min(west, lons[k]);
    east = Math.max(east, lons[k]);
    south = Math.min(south, lats[k]);
    north = Math.max(north, lats[k]);
  }
  return [[west, south], [east, north]];
}
