/** Search box, status chips, group and order: controls to view state and back. */

import { statusIcon } from "./shapes.js";
import { STATUS_KEYS, STATUS_ORDER, STATUS_WORDS } from "./status.js";

const SEARCH_AFTER_MS = 150;

export class FiltersView {
  #timer = 0;
  #chips = [];

  /** @param {HTMLElement} root @param {(change: object) => void} onChange gets the parts of the view that changed */
  constructor(root, onChange) {
    this.search = root.querySelector("[data-search]");
    this.group = root.querySelector("[data-group]");
    this.sort = root.querySelector("[data-sort]");
    this.count = root.querySelector("[data-count]");
    this.onChange = onChange;
    this.#buildChips(root.querySelector("[data-chips]"));
    this.search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => onChange({ q: this.search.value.trim() }), SEARCH_AFTER_MS);
    });
    this.group.addEventListener("change", () => onChange({ group: this.group.value ? Number(this.group.value) : null }));
    this.sort.addEventListener("change", () => onChange({ sort: this.sort.value }));
  }

  show(view) {
    this.view = view;
    if (document.activeElement !== this.search) this.search.value = view.q;
    this.group.value = view.group === null ? "" : String(view.group);
    this.sort.value = view.sort;
    for (const { status, button } of this.#chips) button.setAttribute("aria-pressed", String(view.statuses.has(status)));
  }

  setGroups(groups) {
    this.group.replaceChildren(new Option("All groups", ""), ...groups.map(({ id, name }) => new Option(name, String(id))));
    this.group.hidden = groups.length === 0;
    if (this.view) this.show(this.view);
  }

  /** `known`: whether positions have come, so that statuses mean something. */
  setCounts({ counts, indexes }, listed, { known }) {
    for (const { status, number } of this.#chips) {
      const text = known ? counts[status].toLocaleString() : "";
      if (number.textContent !== text) number.textContent = text;
    }
    const shown = indexes.length.toLocaleString();
    const text = indexes.length === listed ? `${shown} ${listed === 1 ? "vehicle" : "vehicles"}` : `${shown} of ${listed.toLocaleString()}`;
    if (this.count.textContent !== text) this.count.textContent = text;
  }

  #buildChips(host) {
    host.replaceChildren();
    for (const status of STATUS_ORDER) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chip";
      button.dataset.status = STATUS_KEYS[status];
      button.dataset.testid = `chip-${STATUS_KEYS[status]}`;
      button.setAttribute("aria-pressed", "false");
      const number = document.createElement("span");
      number.className = "chip-count";
      const word = document.createElement("span");
      word.className = "chip-word";
      word.textContent = STATUS_WORDS[status];
      button.append(statusIcon(status, 16), number, word);
      button.addEventListener("click", () => {
        const statuses = new Set(this.view.statuses);
        if (!statuses.delete(status)) statuses.add(status);
        // All four chosen is the same as none chosen; say it the short way.
        this.onChange({ statuses: statuses.size === STATUS_ORDER.length ? new Set() : statuses });
      });
      host.append(button);
      this.#chips.push({ status, button, number });
    }
  }
}
