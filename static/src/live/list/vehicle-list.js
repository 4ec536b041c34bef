/**
 * <vehicle-list>: a list box that keeps only the rows in sight in the document, so that ten thousand
 * vehicles scroll like sixty. Keys: arrows, Page Up/Down, Home, End move; Enter or Space opens.
 * Fires "vehiclechoose" with the vehicle's index in the store.
 */

import { createRow, fillRow } from "./row.js";

const ROW_PX = 52;
const SPARE_ROWS = 6;

export class VehicleList extends HTMLElement {
  #indexes = [];
  #selected = -1;
  #active = -1;
  #rows = [];
  #spacer = document.createElement("div");

  /** @param {{store: object, format: object, now: () => number}} parts */
  connect(parts) {
    this.parts = parts;
    this.#spacer.className = "rows";
    this.#spacer.setAttribute("role", "presentation");
    this.replaceChildren(this.#spacer);
    this.addEventListener("scroll", () => this.#render(), { passive: true });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("focus", () => {
      if (this.#active < 0 && this.#indexes.length > 0) this.#setActive(Math.max(0, this.#indexes.indexOf(this.#selected)));
      this.#render();
    });
    this.#spacer.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (!row) return;
      this.#active = Number(row.dataset.place);
      this.#choose();
    });
    new ResizeObserver(() => this.#render()).observe(this);
  }

  /** Show these vehicles in this order; the scroll place stays. */
  setVehicles(indexes, selected) {
    const activeVehicle = this.#indexes[this.#active];
    this.#indexes = indexes;
    this.#selected = selected;
    this.#active = activeVehicle === undefined ? -1 : indexes.indexOf(activeVehicle);
    this.#spacer.style.height = `${indexes.length * ROW_PX}px`;
    this.#render();
  }

  /** Figures changed: rewrite the rows in sight. */
  refresh() {
    this.#render();
  }

  /** Bring the vehicle into sight, if it is in the list. */
  reveal(index) {
    const place = this.#indexes.indexOf(index);
    if (place < 0) return;
    this.#active = place;
    this.#scrollTo(place);
    this.#render();
  }

  #render() {
    const height = this.clientHeight;
    if (!this.parts || height === 0) return;
    const first = Math.max(0, Math.floor(this.scrollTop / ROW_PX) - SPARE_ROWS);
    const last = Math.min(this.#indexes.length, Math.ceil((this.scrollTop + height) / ROW_PX) + SPARE_ROWS);
    const needed = Math.ceil(height / ROW_PX) + 2 * SPARE_ROWS + 2;
    while (this.#rows.length < needed) {
      const row = createRow();
      this.#rows.push(row);
      this.#spacer.append(row.element);
    }
    const size = this.#rows.length;
    const used = new Set();
    for (let place = first; place < last; place += 1) {
      // A place keeps its element while it stays in sight, so a scroll rewrites only what is new.
      const row = this.#rows[place % size];
      used.add(row);
      this.#fill(row, place);
    }
    for (const row of this.#rows) row.element.hidden = !used.has(row);
    const active = this.#active >= first && this.#active < last ? this.#rows[this.#active % size] : null;
    if (active) this.setAttribute("aria-activedescendant", active.element.id);
    else this.removeAttribute("aria-activedescendant");
  }

  #fill(row, place) {
    const index = this.#indexes[place];
    if (row.place !== place) {
      row.place = place;
      row.element.dataset.place = String(place);
      row.element.style.transform = `translateY(${place * ROW_PX}px)`;
      row.element.setAttribute("aria-posinset", String(place + 1));
    }
    if (row.size !== this.#indexes.length) {
      row.size = this.#indexes.length;
      row.element.setAttribute("aria-setsize", String(row.size));
    }
    fillRow(row, index, { ...this.parts, selected: index === this.#selected, active: place === this.#active });
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.clientHeight / ROW_PX) - 1);
    const end = this.#indexes.length - 1;
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves && end >= 0) {
      this.#setActive(Math.max(0, Math.min(end, this.#active + moves[event.key])));
      this.#render();
    } else if (event.key === "Enter" || event.key === " ") this.#choose();
    else return;
    event.preventDefault();
  }

  #setActive(place) {
    this.#active = place;
    this.#scrollTo(place);
  }

  #scrollTo(place) {
    const top = place * ROW_PX;
    if (top < this.scrollTop) this.scrollTop = top;
    else if (top + ROW_PX > this.scrollTop + this.clientHeight) this.scrollTop = top + ROW_PX - this.clientHeight;
  }

  #choose() {
    const index = this.#indexes[this.#active];
    if (index === undefined) return;
    this.dispatchEvent(new CustomEvent("vehiclechoose", { detail: index, bubbles: true }));
  }
}

customElements.define("vehicle-list", VehicleList);
