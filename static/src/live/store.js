/**
 * What the page knows about every vehicle: the roster (who they are) and the latest position of
 * each, in columns so that ten thousand vehicles cost no objects per frame. No DOM here.
 */

import { mercatorX, mercatorY, metresPerUnit } from "./mercator.js";
import { MOVING, OFFLINE, statusOf } from "./status.js";

/** A jump longer than this is shown at its end, not as a glide across town. */
const LONGEST_GLIDE_M = 1_500;
const SHORTEST_GLIDE_MS = 300;
const LONGEST_GLIDE_MS = 2_000;
const TRAIL_POINTS = 24;

export class VehicleStore {
  /** @param {{moving_s: number, parked_s: number}} offline */
  constructor(offline) {
    this.offline = offline;
    /** Whether a vehicle glides from fix to fix, or is at once where it reported from. */
    this.glides = true;
    this.count = 0;
    this.indexById = new Map();
    this.vehicles = [];
    this.groups = [];
    this.capacity = 0;
    /** How many vehicles the roster has. */
    this.listedCount = 0;
    this.unknownIds = new Set();
    this.version = 0;
    this.rosterVersion = 0;
    this.#grow(256);
  }

  /** Take over who the vehicles are; positions that are known already stay. */
  setRoster({ vehicles, groups }) {
    const kept = new Set();
    for (const vehicle of vehicles) {
      const index = this.#indexFor(vehicle.id);
      this.vehicles[index] = { ...vehicle, search: searchText(vehicle) };
      this.listed[index] = 1;
      kept.add(vehicle.id);
    }
    for (const [id, index] of this.indexById) if (!kept.has(id)) this.listed[index] = 0;
    this.listedCount = kept.size;
    this.groups = groups;
    this.unknownIds.clear();
    this.rosterVersion += 1;
    this.version += 1;
  }

  /** A snapshot is the whole truth: a vehicle that it does not name has no position. */
  applySnapshot(columns, { serverNow, now }) {
    this.t.fill(0);
    const changed = this.applyColumns(columns, { serverNow, now });
    for (let i = 0; i < this.count; i += 1) if (this.t[i] === 0) this.placed[i] = 0;
    this.version += 1;
    return changed;
  }

  /**
   * Apply the columns of a frame; the newest event time wins per vehicle.
   * @param {{vehicle: number[], t: number[], r: number[], lon: number[], lat: number[],
   *   speed: (number|null)[], heading: (number|null)[], motion: number[], ignition: (boolean|null)[]}} columns
   * @param {{serverNow: number, now: number}} clock server epoch ms, and the page's animation clock in ms
   * @returns {number[]} indexes that changed
   */
  applyColumns(columns, { serverNow, now }) {
    const changed = [];
    const { vehicle, t, r, lon, lat, speed, heading, motion, ignition } = columns;
    for (let k = 0; k < vehicle.length; k += 1) {
      const i = this.#indexFor(vehicle[k]);
      if (!this.vehicles[i]) this.unknownIds.add(vehicle[k]);
      if (t[k] < this.t[i] || (t[k] === this.t[i] && this.placed[i])) continue;
      const first = this.placed[i] === 0;
      this.#move(i, lon[k], lat[k], t[k], now);
      this.t[i] = t[k];
      this.r[i] = r[k];
      this.lon[i] = lon[k];
      this.lat[i] = lat[k];
      this.speed[i] = speed[k] ?? Number.NaN;
      if (heading[k] !== null) this.heading[i] = heading[k];
      this.hasHeading[i] = heading[k] === null ? 0 : 1;
      this.ignition[i] = ignition[k] === null ? 2 : Number(ignition[k]);
      this.motion[i] = motion[k];
      const status = statusOf(motion[k], r[k], serverNow, this.offline);
      if (status !== this.status[i]) {
        if (!first) this.since[i] = t[k];
        this.status[i] = status;
      }
      changed.push(i);
    }
    if (changed.length > 0) this.version += 1;
    return changed;
  }

  /** Time passes: vehicles that fell silent become offline. Returns the indexes that changed. */
  deriveStatuses(serverNow) {
    const changed = [];
    for (let i = 0; i < this.count; i += 1) {
      const status = this.placed[i] ? statusOf(this.motion[i], this.r[i], serverNow, this.offline) : OFFLINE;
      if (status !== this.status[i]) {
        this.status[i] = status;
        this.since[i] = this.r[i];
        changed.push(i);
      }
    }
    if (changed.length > 0) this.version += 1;
    return changed;
  }

  /** Where to draw the vehicle at this moment; fills `out` with [x, y] and says whether it glides. */
  displayed(i, now, out) {
    const progress = (now - this.glideStart[i]) / this.glideMs[i];
    if (progress >= 1) {
      out[0] = this.x[i];
      out[1] = this.y[i];
      return false;
    }
    const p = Math.max(0, progress);
    out[0] = this.fromX[i] + (this.x[i] - this.fromX[i]) * p;
    out[1] = this.fromY[i] + (this.y[i] - this.fromY[i]) * p;
    return true;
  }

  /** Recent places of the vehicle since the page opened, oldest first, as [x, y, x, y, ...]. */
  trail(i) {
    return this.trails.get(i) ?? [];
  }

  /** When the present status began as far as this page saw it, epoch ms; 0 when it began before. */
  sinceOf(i) {
    return this.since[i];
  }

  isListed(i) {
    return this.listed[i] === 1;
  }

  isPlaced(i) {
    return this.placed[i] === 1;
  }

  #move(i, lon, lat, t, now) {
    const x = mercatorX(lon);
    const y = mercatorY(lat);
    const metres = metresPerUnit(lat) * Math.hypot(x - this.x[i], y - this.y[i]);
    const jumps = !this.placed[i] || metres > LONGEST_GLIDE_M;
    if (jumps || !this.glides) {
      this.glideMs[i] = 1;
      this.glideStart[i] = 0;
    } else {
      const from = [0, 0];
      this.displayed(i, now, from);
      this.fromX[i] = from[0];
      this.fromY[i] = from[1];
      this.glideStart[i] = now;
      this.glideMs[i] = Math.max(SHORTEST_GLIDE_MS, Math.min(LONGEST_GLIDE_MS, t - this.t[i]));
    }
    if (jumps) this.trails.delete(i);
    else if (metres > 3) this.#extendTrail(i);
    this.x[i] = x;
    this.y[i] = y;
    this.placed[i] = 1;
  }

  #extendTrail(i) {
    let trail = this.trails.get(i);
    if (!trail) {
      trail = [];
      this.trails.set(i, trail);
    }
    trail.push(this.x[i], this.y[i]);
    if (trail.length > TRAIL_POINTS * 2) trail.splice(0, 2);
  }

  #indexFor(id) {
    let index = this.indexById.get(id);
    if (index === undefined) {
      index = this.count;
      if (index === this.capacity) this.#grow(this.capacity * 2);
      this.count += 1;
      this.indexById.set(id, index);
      this.ids[index] = id;
      this.status[index] = OFFLINE;
    }
    return index;
  }

  #grow(capacity) {
    const columns = {
      ids: Float64Array,
      t: Float64Array,
      r: Float64Array,
      since: Float64Array,
      lon: Float64Array,
      lat: Float64Array,
      x: Float64Array,
      y: Float64Array,
      fromX: Float64Array,
      fromY: Float64Array,
      glideStart: Float64Array,
      glideMs: Float64Array,
      speed: Float32Array,
      heading: Float32Array,
      hasHeading: Uint8Array,
      ignition: Uint8Array,
      motion: Uint8Array,
      status: Uint8Array,
      placed: Uint8Array,
      listed: Uint8Array,
    };
    for (const [name, Type] of Object.entries(columns)) {
      const larger = new Type(capacity);
      if (this[name]) larger.set(this[name]);
      this[name] = larger;
    }
    this.trails ??= new Map();
    this.capacity = capacity;
  }
}

/** Everything a person may type to find the vehicle, in lower case. */
export function searchText({ number, plate, make, model, driver }) {
  return [number, plate, plate?.replaceAll(/[\s-]/g, ""), make, model, driver]
    .filter(Boolean)
    .join(" ")
    .toLowerCase();
}

/** Whether the heading is worth an arrow: a standing vehicle's heading is old or noise. */
export function pointsSomewhere(store, i) {
  return store.status[i] === MOVING && store.hasHeading[i] === 1;
}
