/** The word, icon and age in the top bar that say how live the map is, and the banner when it is not. */

import { ago } from "./format.js";

const WORDS = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  stale: "Stale",
  offline: "Offline",
  "signed-out": "Signed out",
  refused: "No access",
  busy: "Waiting",
};

/** Sentence for the banner over the map; states that pass by themselves in a moment have none. */
function bannerText(state, lastUpdate, format) {
  const known = lastUpdate ? ` The map shows what was known at ${format.clock(lastUpdate)}.` : "";
  if (state === "offline") return `This computer is offline.${known}`;
  if (state === "stale") return `The server has gone quiet.${known} We keep trying.`;
  if (state === "reconnecting") return `The connection was lost.${known} Reconnecting by itself.`;
  if (state === "signed-out") return "You have been signed out. Reload the page to sign in again.";
  if (state === "refused") return "Your role does not allow live positions. Ask the owner of your organization.";
  if (state === "busy") return "You have too many live maps open. Close one; this page then connects by itself.";
  return "";
}

const BANNER_AFTER_MS = 4_000;

export class ConnectionView {
  #since = 0;
  #state = "";

  /** @param {{indicator: HTMLElement, banner: HTMLElement, client: object, format: object}} parts */
  constructor({ indicator, banner, client, format }) {
    this.client = client;
    this.format = format;
    this.indicator = indicator;
    this.word = indicator.querySelector("[data-word]");
    this.age = indicator.querySelector("[data-age]");
    this.banner = banner;
  }

  /** Call on every change of state and every second. */
  refresh() {
    const { state, lastUpdateAt } = this.client;
    const now = Date.now();
    if (state !== this.#state) {
      this.#state = state;
      this.#since = now;
      this.indicator.dataset.state = state;
      this.word.textContent = WORDS[state];
    }
    const age = lastUpdateAt ? now - lastUpdateAt : null;
    const text = age === null ? "" : `updated ${ago(age)}`;
    if (this.age.textContent !== text) this.age.textContent = text;
    // A blink of the connection is not worth a banner; the word in the top bar says it.
    const patient = state === "reconnecting" && now - this.#since < BANNER_AFTER_MS;
    const sentence = patient ? "" : bannerText(state, lastUpdateAt, this.format);
    if (this.banner.textContent !== sentence) this.banner.textContent = sentence;
    this.banner.hidden = sentence === "";
  }
}
