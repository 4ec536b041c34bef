/**
 * <vehicle-panel>: all about the selected vehicle. Figures that change every second come from the
 * store; the rest is fetched when the vehicle is opened. Fires "panelclose", "panelfollow",
 * "panelfit" and "trackcursor" (detail: place in the track, -1 for none), "track" (detail: columns or null).
 */

import { html, LitElement, nothing } from "lit";
import { toast } from "../../shell/toasts.js";
import { coordinates } from "../format.js";
import { getJson } from "../http.js";
import { devicesSection, errorSection, factsSection, headSection, skeletonSection, todaySection } from "./sections.js";
import { speedChart } from "./speed-chart.js";
import { believable } from "./track-facts.js";

const TRACK_AGAIN_MS = 60_000;

export class VehiclePanel extends LitElement {
  static properties = {
    index: { type: Number },
    follow: { type: Boolean },
    detail: { state: true },
    track: { state: true },
    failure: { state: true },
    trackFailure: { state: true },
  };

  #loading = null;
  #chart = null;
  #chartTrack = null;
  #trackAt = 0;

  constructor() {
    super();
    this.index = -1;
    this.follow = false;
    this.#reset();
  }

  /** Light DOM: the panel uses the page's own components. */
  createRenderRoot() {
    return this;
  }

  /** @param {{store: object, format: object, config: object, now: () => number}} parts */
  connect(parts) {
    this.parts = parts;
  }

  /** Open a vehicle by its index in the store; -1 closes. */
  open(index) {
    if (index === this.index) return;
    this.index = index;
    this.#reset();
    this.#tell("track", null);
    if (index >= 0) this.load();
  }

  /** The store changed: redraw the figures, and the track when it is old. */
  refresh() {
    if (this.index < 0) return;
    this.requestUpdate();
    if (this.track && Date.now() - this.#trackAt > TRACK_AGAIN_MS) this.#loadTrack(this.#loading?.signal);
  }

  /** The theme changed: the chart has its colours drawn in. */
  repaint() {
    this.#dropChart();
    this.requestUpdate();
  }

  async load() {
    this.#loading?.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    this.failure = null;
    try {
      this.detail = await getJson(this.#url("vehicleUrlTemplate"), { signal });
      await this.#loadTrack(signal);
    } catch (error) {
      if (!signal.aborted) this.failure = error;
    }
  }

  async #loadTrack(signal) {
    this.#trackAt = Date.now();
    this.trackFailure = null;
    const from = this.detail.today.from;
    try {
      const url = `${this.#url("trackUrlTemplate")}?from=${from}&to=${Math.round(this.parts.now())}`;
      const track = believable(await getJson(url, { signal }));
      this.track = track;
      this.#tell("track", track);
    } catch (error) {
      if (!signal?.aborted) this.trackFailure = error;
    }
  }

  render() {
    if (this.index < 0 || !this.parts) return nothing;
    const { store } = this.parts;
    const model = {
      ...this.parts,
      index: this.index,
      vehicle: store.vehicles[this.index] ?? { number: "", make: "", model: "", plate: "" },
      detail: this.detail,
      track: this.track,
      trackFailure: this.trackFailure,
      follow: this.follow,
      act: (name) => () => this.#act(name),
    };
    return html`
      ${headSection(model)}
      <div class="panel-body" tabindex="-1">
        ${this.failure ? errorSection(this.failure, () => this.load()) : nothing}
        ${factsSection(model)}
        ${this.failure ? nothing : this.detail ? html`${todaySection(model)} ${devicesSection(model)}` : skeletonSection()}
      </div>
    `;
  }

  updated() {
    const host = this.querySelector("[data-chart]");
    if (this.#chart && (!host || this.#chartTrack !== this.track)) this.#dropChart();
    if (!host || this.#chart || !this.track || host.clientWidth === 0) return;
    const { format, config } = this.parts;
    this.#chartTrack = this.track;
    this.#chart = speedChart(host, this.track, {
      format,
      timeZone: config.timeZone,
      onCursor: (k) => this.#tell("trackcursor", k),
    });
  }

  #act(name) {
    if (name === "copy") {
      const { store } = this.parts;
      const text = coordinates(store.lon[this.index], store.lat[this.index]);
      navigator.clipboard.writeText(text).then(
        () => toast(`Copied ${text}`),
        () => toast(`Copying is not allowed here. The position is ${text}`),
      );
    } else if (name === "track") this.#loadTrack(this.#loading?.signal);
    else this.#tell(`panel${name}`);
  }

  #url(template) {
    return this.parts.config[template].replace("{id}", String(this.parts.store.ids[this.index]));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  #dropChart() {
    this.#chart?.destroy();
    this.#chart = null;
  }

  #reset() {
    this.#loading?.abort();
    this.#dropChart();
    this.detail = null;
    this.track = null;
    this.failure = null;
    this.trackFailure = null;
  }
}

customElements.define("vehicle-panel", VehiclePanel);
