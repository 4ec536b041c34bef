/** Which vehicles are shown, in which order, and how that choice is written in the URL. No DOM. */

import { STATUS_KEYS, STATUS_ORDER, statusCode } from "./status.js";

export const SORTS = ["number", "status", "report"];

/** @returns {{statuses: Set<number>, q: string, group: number|null, sort: string, vehicle: number|null, follow: boolean}} */
export function readUrl(search) {
  const params = new URLSearchParams(search);
  const statuses = new Set(
    (params.get("status") ?? "").split(",").map(statusCode).filter((code) => code >= 0),
  );
  const sort = params.get("sort");
  const vehicle = wholeNumber(params.get("vehicle"));
  return {
    statuses,
    q: params.get("q") ?? "",
    group: wholeNumber(params.get("group")),
    sort: SORTS.includes(sort) ? sort : "number",
    vehicle,
    follow: vehicle !== null && params.get("follow") === "1",
  };
}

/** The query string (with "?", or "" when nothing is chosen) that `readUrl` turns back into `view`. */
export function writeUrl(view) {
  const parts = [];
  const statuses = STATUS_ORDER.filter((code) => view.statuses.has(code)).map((code) => STATUS_KEYS[code]);
  if (statuses.length > 0) parts.push(`status=${statuses.join(",")}`);
  if (view.q) parts.push(`q=${encodeURIComponent(view.q)}`);
  if (view.group !== null) parts.push(`group=${view.group}`);
  if (view.sort !== "number") parts.push(`sort=${view.sort}`);
  if (view.vehicle !== null) parts.push(`vehicle=${view.vehicle}`);
  if (view.vehicle !== null && view.follow) parts.push("follow=1");
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

/**
 * Indexes to show, sorted, and how many vehicles have each status under the other filters (so that
 * a chip says what choosing it would give).
 * @returns {{indexes: number[], counts: number[], total: number}}
 */
export function select(store, view) {
  const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
  const counts = [0, 0, 0, 0];
  const indexes = [];
  let total = 0;
  for (let i = 0; i < store.count; i += 1) {
    if (!store.isListed(i)) continue;
    const vehicle = store.vehicles[i];
    if (view.group !== null && !vehicle.groups.includes(view.group)) continue;
    if (!words.every((word) => vehicle.search.includes(word))) continue;
    total += 1;
    counts[store.status[i]] += 1;
    if (view.statuses.size === 0 || view.statuses.has(store.status[i])) indexes.push(i);
  }
  indexes.sort(comparer(store, view.sort));
  return { indexes, counts, total };
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function comparer(store, sort) {
  const byNumber = (a, b) => numberRank(store, a) - numberRank(store, b);
  if (sort === "report") return (a, b) => store.r[b] - store.r[a] || byNumber(a, b);
  if (sort === "status") {
    const rank = [];
    STATUS_ORDER.forEach((code, place) => {
      rank[code] = place;
    });
    return (a, b) => rank[store.status[a]] - rank[store.status[b]] || byNumber(a, b);
  }
  return byNumber;
}

// Comparing ten thousand names by locale takes 30 ms; their order changes only with the roster.
const ranks = new WeakMap();

function numberRank(store, index) {
  let entry = ranks.get(store);
  if (entry?.rosterVersion !== store.rosterVersion) {
    const order = store.vehicles.map((_, i) => i).filter((i) => store.vehicles[i]);
    order.sort((a, b) => collator.compare(store.vehicles[a].number, store.vehicles[b].number));
    const places = new Int32Array(store.vehicles.length);
    order.forEach((i, place) => {
      places[i] = place;
    });
    entry = { rosterVersion: store.rosterVersion, places };
    ranks.set(store, entry);
  }
  return entry.places[index];
}

function wholeNumber(text) {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
