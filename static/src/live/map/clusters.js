/**
 * Groups vehicles that would overlap at the present zoom. Only that one zoom level is worked out,
 * and only when the level, the choice of vehicles or (at most every second) their places changed.
 */

import Supercluster from "supercluster";

const FRESH_MS = 1_000;
/** A fleet that fits on a hand of screens is grouped only where shapes would really cover each other. */
const LARGE_FLEET = 400;

export class Clusters {
  #level = -1;
  #builtAt = 0;
  #dirty = true;
  #result = { clusters: [], singles: [] };

  constructor(store) {
    this.store = store;
    this.indexes = [];
    this.apart = -1;
  }

  /** @param {number[]} indexes vehicles to show @param {number} apart one that is never grouped, or -1 */
  setVehicles(indexes, apart) {
    this.indexes = indexes;
    this.apart = apart;
    this.#level = -1;
  }

  positionsChanged() {
    this.#dirty = true;
  }

  /** @returns {{clusters: {x: number, y: number, count: number, counts: number[], members: () => number[]}[], singles: number[]}} */
  at(zoom, now) {
    const level = Math.max(0, Math.floor(zoom));
    const stale = this.#dirty && now - this.#builtAt > FRESH_MS;
    if (level !== this.#level || stale) this.#build(level, now);
    return this.#result;
  }

  #build(level, now) {
    const { store } = this;
    const large = this.indexes.length > LARGE_FLEET;
    const features = [];
    const singles = [];
    for (const i of this.indexes) {
      if (!store.isPlaced(i)) continue;
      if (i === this.apart) singles.push(i);
      else features.push(point(store, i));
    }
    const index = new Supercluster({
      minZoom: level,
      maxZoom: level,
      minPoints: 3,
      radius: large ? 58 : 24,
      extent: 512,
      map: (properties) => statusCounts(properties.status),
      reduce: (sum, add) => {
        for (let s = 0; s < 4; s += 1) sum[s] += add[s];
      },
    });
    index.load(features);
    const clusters = [];
    for (const item of index.getClusters([-180, -85, 180, 85], level)) {
      const { properties } = item;
      if (!properties.cluster) {
        singles.push(properties.index);
        continue;
      }
      const [lon, lat] = item.geometry.coordinates;
      clusters.push({
        lon,
        lat,
        count: properties.point_count,
        counts: [properties[0], properties[1], properties[2], properties[3]],
        members: () => index.getLeaves(properties.cluster_id, Infinity).map((leaf) => leaf.properties.index),
      });
    }
    this.#level = level;
    this.#builtAt = now;
    this.#dirty = false;
    this.#result = { clusters, singles };
  }
}

function point(store, i) {
  return {
    type: "Feature",
    properties: { index: i, status: store.status[i] },
    geometry: { type: "Point", coordinates: [store.lon[i], store.lat[i]] },
  };
}

function statusCounts(status) {
  const counts = { 0: 0, 1: 0, 2: 0, 3: 0 };
  counts[status] = 1;
  return counts;
}
