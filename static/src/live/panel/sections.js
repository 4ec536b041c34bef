/** The parts of the vehicle panel, each from the panel's model to a template. */

import { html, nothing, svg } from "lit";
import { ago, compass, coordinates, duration } from "../format.js";
import { explain } from "../http.js";
import { SHAPES } from "../shapes.js";
import { MOVING, OFFLINE, STATUS_KEYS, STATUS_WORDS } from "../status.js";
import { trackFacts } from "./track-facts.js";

const icon = (paths, size = 16) => html`<svg width=${size} height=${size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;
const CLOSE = svg`<path d="m3.5 3.5 9 9m0-9-9 9"/>`;
const FOLLOW = svg`<circle cx="8" cy="8" r="4.5"/><circle cx="8" cy="8" r="1.2" fill="currentColor"/><path d="M8 1v2.5M8 12.5V15M1 8h2.5M12.5 8H15"/>`;
const FIT = svg`<path d="M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5"/>`;
const COPY = svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 3.2A1.2 1.2 0 0 0 9.3 2H3.7A1.7 1.7 0 0 0 2 3.7v5.6c0 .7.5 1.2 1.2 1.2"/>`;

const shape = (status) => html`<svg class="status-icon" width="16" height="16" viewBox="0 0 24 24" aria-hidden="true"><path d=${SHAPES[status].body}></path><path class="status-icon-detail" d=${SHAPES[status].detail}></path></svg>`;

export function headSection({ vehicle, detail, store, index, now, follow, act }) {
  const status = store.status[index];
  const placed = store.isPlaced(index);
  // Nobody knows what an offline vehicle does; what is known is when it fell silent.
  const since = status === OFFLINE ? store.r[index] : store.sinceOf(index) || detail?.status.since;
  const year = detail?.year ? `${detail.year} ` : "";
  const about = `${year}${[vehicle.make, vehicle.model].filter(Boolean).join(" ")}`;
  return html`
    <header class="panel-head" data-status=${STATUS_KEYS[status]}>
      <div class="panel-title">
        <h2 data-testid="panel-number">${vehicle.number}</h2>
        <p>${[about, vehicle.plate].filter(Boolean).join(", ")}</p>
      </div>
      <button class="icon-button" type="button" aria-label="Close the vehicle" data-testid="panel-close" @click=${act("close")}>${icon(CLOSE)}</button>
      <div class="panel-state">
        <span class="badge" data-status=${STATUS_KEYS[status]} data-testid="panel-status">${shape(status)}${STATUS_WORDS[status]}</span>
        ${since && placed ? html`<span>for ${duration(now() - since)}</span>` : nothing}
      </div>
      <div class="panel-actions">
        <button class="button" type="button" aria-pressed=${follow} ?disabled=${!placed} data-testid="panel-follow" @click=${act("follow")}>${icon(FOLLOW)}${follow ? "Following" : "Follow"}</button>
        <button class="button" type="button" ?disabled=${!placed} data-testid="panel-fit" @click=${act("fit")}>${icon(FIT)}Show on map</button>
      </div>
    </header>
  `;
}

export function factsSection({ store, index, detail, format, now, act }) {
  if (!store.isPlaced(index)) {
    return html`<section class="panel-section"><div class="empty"><h3>No position yet</h3>
      <p>${detail?.devices.length === 0 ? "No device is assigned to this vehicle. Assign one in the admin, then its reports appear here." : "This vehicle has never reported. Check that its device is switched on and sends to this server."}</p></div></section>`;
  }
  const moving = store.status[index] === MOVING;
  const speed = store.speed[index];
  const latest = detail?.latest;
  const fuel = latest?.fuel_percent !== null && latest?.fuel_percent !== undefined ? format.percent(latest.fuel_percent) : format.litres(latest?.fuel_l);
  const shown = Number.isNaN(speed) ? "not sent" : format.speed(moving || speed > 0.5 ? speed : 0);
  return html`
    <section class="panel-section" aria-label="Now">
      <dl class="facts">
        <div><dt>Speed</dt><dd data-testid="panel-speed">${shown}</dd></div>
        <div><dt>Heading</dt><dd>${moving && store.hasHeading[index] ? `${compass(store.heading[index])}, ${Math.round(store.heading[index])}°` : "standing"}</dd></div>
        <div><dt>Driver</dt><dd data-testid="panel-driver">${detail ? (detail.driver?.name ?? "nobody assigned") : store.vehicles[index]?.driver || "nobody assigned"}</dd></div>
        <div><dt>Ignition</dt><dd>${["off", "on", "not sent"][store.ignition[index]]}</dd></div>
        ${fact("Odometer", format.distance(latest?.odometer_m))}
        ${fact("Fuel", fuel)}
        <div><dt>Last report</dt><dd data-testid="panel-report">${ago(now() - store.r[index])}</dd></div>
        <div><dt>Measured</dt><dd>${format.moment(store.t[index], now())}</dd></div>
        <div class="wide"><dt>Position</dt><dd class="panel-position"><span data-testid="panel-position">${coordinates(store.lon[index], store.lat[index])}</span>
          <button class="icon-button" type="button" aria-label="Copy the position" title="Copy the position" @click=${act("copy")}>${icon(COPY)}</button></dd></div>
      </dl>
    </section>
  `;
}

function fact(name, value) {
  return value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : nothing;
}

export function todaySection({ track, trackFailure, format, now, act }) {
  const body = () => {
    if (trackFailure) {
      return html`<div class="notice notice-danger" role="alert">${explain(trackFailure)}</div>
        <button class="button" type="button" @click=${act("track")}>Try again</button>`;
    }
    if (!track) return html`<div class="skeleton chart-skeleton"></div>`;
    if (track.t.length < 2) return html`<p class="quiet">${track.t.length === 1 ? "One report so far today." : "No reports today."}</p>`;
    const facts = trackFacts(track);
    return html`
      <dl class="facts facts-three">
        <div><dt>Distance (GPS)</dt><dd data-testid="panel-distance">${format.distance(facts.distance_m)}</dd></div>
        <div><dt>Driving</dt><dd>${duration(facts.driving_ms)}</dd></div>
        <div><dt>Top speed</dt><dd>${facts.top_mps === null ? "not sent" : format.speed(facts.top_mps)}</dd></div>
      </dl>
      <p class="chart-title">Speed, ${format.speedUnit}</p>
      <div class="chart" data-chart role="img" aria-label="Speed from ${format.clock(facts.first)} to ${format.clock(facts.last)}${facts.top_mps === null ? "" : `, at most ${format.speed(facts.top_mps)}`}"></div>
      ${track.truncated ? html`<p class="quiet">Only the latest ${track.t.length} reports of today are shown.</p>` : nothing}
    `;
  };
  return html`<section class="panel-section" aria-label="Today"><h3 class="section-title">Today <span>${track?.t.length >= 2 ? `${format.clock(track.t[0])} to ${format.moment(track.t.at(-1), now())}` : nothing}</span></h3>${body()}</section>`;
}

export function devicesSection({ detail, format, now }) {
  return html`
    <section class="panel-section" aria-label="Device">
      <h3 class="section-title">${detail.devices.length > 1 ? "Devices" : "Device"}</h3>
      ${detail.devices.length === 0 ? html`<p class="quiet">No device is assigned to this vehicle.</p>` : nothing}
      ${detail.devices.map(
        (device) => html`<dl class="facts device" data-testid="panel-device">
          <div class="wide"><dt>${device.protocol_label || "Tracker"}</dt><dd>${device.admin_url ? html`<a href=${device.admin_url}>${device.unique_id}</a>` : device.unique_id}</dd></div>
          <div><dt>Last contact</dt><dd>${device.last_contact ? ago(now() - device.last_contact) : "never"}</dd></div>
          <div><dt>State</dt><dd>${device.status_label}</dd></div>
          ${fact("Battery", format.percent(device.battery_percent))} ${fact("Power", format.volts(device.power_v))}
          ${fact("GPS accuracy", format.accuracy(detail.latest?.accuracy_m))}
        </dl>`,
      )}
      ${detail.admin_url ? html`<a class="quiet-link" href=${detail.admin_url}>Edit this vehicle</a>` : nothing}
    </section>
  `;
}

export function errorSection(error, retry) {
  return html`<section class="panel-section"><div class="notice notice-danger" role="alert" data-testid="panel-error">${explain(error)}</div>
    <button class="button" type="button" data-testid="panel-retry" @click=${retry}>Try again</button></section>`;
}

export function skeletonSection() {
  return html`<section class="panel-section" aria-label="Loading" aria-busy="true">
    <div class="skeleton line-skeleton"></div><div class="skeleton chart-skeleton"></div><div class="skeleton line-skeleton"></div><div class="skeleton line-skeleton"></div>
  </section>`;
}
