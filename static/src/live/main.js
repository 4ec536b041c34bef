/** The live map page: reads its configuration, makes the parts and lets them talk to each other. */

import { LiveClient } from "./client.js";
import { ConnectionView } from "./connection.js";
import { readUrl, select, writeUrl } from "./filter.js";
import { FiltersView } from "./filters-view.js";
import { createFormat } from "./format.js";
import { explain, getJson } from "./http.js";
import { startKeys } from "./keys.js";
import "./list/vehicle-list.js";
import { MapView } from "./map-view.js";
import "./panel/vehicle-panel.js";
import { Sheet } from "./sheet.js";
import { VehicleStore } from "./store.js";

const LIST_REFRESH_MS = 1_000;
const ROSTER_AGAIN_MS = 5_000;

const config = JSON.parse(document.getElementById("page-config").textContent);
const assets = JSON.parse(document.getElementById("page-assets").textContent);
const root = document.querySelector("[data-live]");
const part = (name) => root.querySelector(`[data-${name}]`);

const calm = matchMedia("(prefers-reduced-motion: reduce)");

const store = new VehicleStore(config.offline);
const format = createFormat(config);
const client = new LiveClient(socketUrl(config.wsUrl));
const now = () => client.serverNow();
const list = part("list");
const panel = part("panel");
const connection = new ConnectionView({ indicator: document.querySelector("[data-connection]"), banner: part("banner"), client, format });
const filters = new FiltersView(root, (change) => changeView(change));
const sheet = new Sheet(root, () => mapView.resized());
const mapView = new MapView({
  root,
  store,
  format,
  config,
  assets,
  now,
  sheet,
  onChoose: (index) => choose(index),
  onTaken: () => view.follow && changeView({ follow: false }),
  onFitAll: () => mapView.fit(selection.indexes),
});

let view = readUrl(location.search);
let selection = { indexes: [], counts: [0, 0, 0, 0], total: 0 };
let track = null;
let rosterKnown = false;
let snapshotKnown = false;
let framed = false;

/* Choosing and filtering */

function changeView(change, { push = false } = {}) {
  const before = view;
  view = { ...view, ...change };
  if (view.vehicle === null) view.follow = false;
  const url = location.pathname + writeUrl(view);
  if (push) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  showView(before);
}

function showView(before) {
  filters.show(view);
  reselect();
  const index = selectedIndex();
  panel.hidden = index < 0;
  if (index >= 0 && index !== panel.index) sheet.raise();
  root.classList.toggle("has-vehicle", index >= 0);
  panel.open(index);
  panel.follow = view.follow;
  if (view.follow && index >= 0 && (!before?.follow || before.vehicle !== view.vehicle)) mapView.follow(index, { first: true });
}

function selectedIndex() {
  const index = view.vehicle === null ? undefined : store.indexById.get(view.vehicle);
  return index !== undefined && store.vehicles[index] ? index : -1;
}

function choose(index) {
  changeView({ vehicle: store.ids[index], follow: view.follow && store.ids[index] === view.vehicle }, { push: true });
  if (sheet.isPhone) sheet.to("half");
  sheet.settled().then(() => mapView.reveal(index));
}

function closeVehicle() {
  const index = selectedIndex();
  changeView({ vehicle: null, follow: false }, { push: true });
  if (index >= 0) list.reveal(index);
  list.focus({ preventScroll: true });
}

/** Filter and sort anew, and tell list, chips and map. */
function reselect() {
  selection = select(store, view);
  const selected = selectedIndex();
  list.setVehicles(selection.indexes, selected);
  filters.setCounts(selection, store.listedCount, { known: snapshotKnown });
  mapView.setVehicles(selection.indexes, selected);
  showStates();
}

/** Until positions or a refusal have come, nobody's status is known and none is claimed. */
function settled() {
  return rosterKnown && (snapshotKnown || client.state !== "connecting");
}

/* What the page shows instead of vehicles */

function showStates() {
  const listed = store.listedCount;
  const placed = store.placed.some((one) => one === 1);
  root.classList.toggle("is-loading", !settled() && part("roster-error").hidden);
  part("no-vehicles").hidden = !rosterKnown || listed > 0;
  part("no-positions").hidden = !rosterKnown || !snapshotKnown || listed === 0 || placed;
  part("no-match").hidden = !rosterKnown || listed === 0 || selection.indexes.length > 0;
}

/* Data in */

async function loadRoster() {
  part("roster-error").hidden = true;
  showStates();
  try {
    const roster = await getJson(config.vehiclesUrl);
    store.setRoster(roster);
    filters.setGroups(roster.groups);
    rosterKnown = true;
    showView(null);
    frameFleet();
  } catch (error) {
    part("roster-error").hidden = false;
    part("roster-error-text").textContent = explain(error);
    filters.count.textContent = "";
    if (!rosterKnown) sheet.raise();
    showStates();
  }
}

/** The first look: the whole fleet, or the vehicle that the address names. */
function frameFleet() {
  if (framed || !rosterKnown || !snapshotKnown) return;
  framed = true;
  const index = selectedIndex();
  mapView.ready
    .then(() => sheet.settled())
    .then(() => {
      if (index >= 0 && store.isPlaced(index)) mapView.start(index);
      else mapView.startWithFleet(selection.indexes);
    });
}

function applied(changed) {
  if (changed.length === 0) return;
  mapView.positionsChanged();
  const selected = selectedIndex();
  if (selected >= 0 && changed.includes(selected)) {
    extendTrack(selected);
    if (view.follow) mapView.follow(selected, { first: false });
    panel.refresh();
  }
  dirty = true;
}

/** The track grows with what arrives, between the times that the panel fetches it anew. */
function extendTrack(index) {
  if (!track || store.t[index] <= (track.t.at(-1) ?? 0)) return;
  const speed = store.speed[index];
  track.t.push(store.t[index]);
  track.lon.push(store.lon[index]);
  track.lat.push(store.lat[index]);
  track.speed.push(Number.isNaN(speed) ? null : speed);
  track.flags.push(0);
  mapView.setTrack(track);
}

let dirty = false;
let rosterAskedAt = 0;

/** Once a second: ages, order, counts; more often would only make the list restless. */
function everySecond() {
  connection.refresh();
  if (document.hidden) return;
  if (rosterKnown) {
    if (dirty) reselect();
    else list.refresh();
    panel.refresh();
  }
  dirty = false;
  if (rosterKnown && store.unknownIds.size > 0 && Date.now() - rosterAskedAt > ROSTER_AGAIN_MS) {
    rosterAskedAt = Date.now();
    loadRoster();
  }
}

/* Wiring */

list.connect({ store, format, now, known: () => snapshotKnown });
panel.connect({ store, format, config, now });

client.addEventListener("state", () => {
  connection.refresh();
  showStates();
});
client.addEventListener("snapshot", ({ detail }) => {
  snapshotKnown = true;
  applied(store.applySnapshot(detail, { serverNow: now(), now: performance.now() }));
  frameFleet();
  if (rosterKnown) reselect();
});
client.addEventListener("frame", ({ detail }) => {
  applied(store.applyColumns(detail, { serverNow: now(), now: performance.now() }));
});
addEventListener("online", () => client.nudge());
addEventListener("offline", () => client.networkLost());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  client.nudge();
  everySecond();
});

list.addEventListener("vehiclechoose", ({ detail }) => choose(detail));
panel.addEventListener("panelclose", closeVehicle);
panel.addEventListener("panelfollow", () => changeView({ follow: !view.follow }));
panel.addEventListener("panelfit", () => mapView.fitVehicle(selectedIndex(), track));
panel.addEventListener("track", ({ detail }) => {
  track = detail;
  mapView.setTrack(detail);
});
panel.addEventListener("trackcursor", ({ detail }) => mapView.setTrackCursor(detail));
part("roster-retry").addEventListener("click", loadRoster);
part("clear-filters").addEventListener("click", () => changeView({ statuses: new Set(), q: "", group: null }));
document.addEventListener("themechange", () => {
  mapView.repaint();
  panel.repaint();
});
addEventListener("popstate", () => {
  const before = view;
  view = readUrl(location.search);
  showView(before);
});
calm.addEventListener("change", glideUnlessCalm);
startKeys({ search: filters.search, list, onEscape: () => view.vehicle !== null && closeVehicle() });

glideUnlessCalm();
for (const address of root.querySelectorAll(".address")) breakAtSlashes(address);
filters.show(view);
connection.refresh();
loadRoster();
client.start();
setInterval(everySecond, LIST_REFRESH_MS);
setInterval(() => {
  if (store.deriveStatuses(now()).length > 0) dirty = true;
}, 15_000);

function glideUnlessCalm() {
  store.glides = !calm.matches;
}

/** An address that is too long for a phone goes on in the next line after a slash, not within a word. */
function breakAtSlashes(element) {
  const pieces = element.textContent.split(/(?<=[^:/]\/)/);
  element.replaceChildren(...pieces.flatMap((piece) => [piece, document.createElement("wbr")]).slice(0, -1));
}

function socketUrl(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

// For the browser tests: what no accessible element can say about a canvas.
root.liveMap = { store, client, shown: () => mapView.shown() };
