/** One row of the vehicle list. Text is written only where it differs, so most ticks touch nothing. */

import { ago, compass } from "../format.js";
import { setStatusIcon, statusIcon } from "../shapes.js";
import { MOVING, STATUS_KEYS, STATUS_WORDS } from "../status.js";

export function createRow() {
  const element = document.createElement("div");
  element.className = "row";
  element.setAttribute("role", "option");
  const icon = statusIcon(MOVING, 20);
  const cells = {};
  element.append(icon);
  for (const name of ["number", "state", "about", "age"]) {
    const cell = document.createElement("span");
    cell.className = `row-${name}`;
    element.append(cell);
    cells[name] = { element: cell, text: "" };
  }
  return { element, icon, cells, place: -1, size: -1, status: MOVING, vehicle: -1, selected: null, active: null };
}

export function fillRow(row, index, { store, format, now, known, selected, active }) {
  const vehicle = store.vehicles[index];
  const status = store.status[index];
  if (row.vehicle !== index) {
    row.vehicle = index;
    row.element.id = `vehicle-${vehicle.id}`;
    row.element.dataset.vehicle = String(vehicle.id);
  }
  if (row.status !== status || !row.element.dataset.status) {
    row.status = status;
    row.element.dataset.status = STATUS_KEYS[status];
    setStatusIcon(row.icon, status);
  }
  if (row.selected !== selected) {
    row.selected = selected;
    row.element.setAttribute("aria-selected", String(selected));
  }
  if (row.active !== active) {
    row.active = active;
    row.element.classList.toggle("row-active", active);
  }
  write(row.cells.number, vehicle.number);
  write(row.cells.about, aboutOf(vehicle));
  write(row.cells.state, known() ? stateOf(store, index, status, format) : "");
  write(row.cells.age, store.isPlaced(index) ? ago(now() - store.r[index]) : known() ? "never reported" : "waiting for data");
}

function write(cell, text) {
  if (cell.text === text) return;
  cell.text = text;
  cell.element.textContent = text;
}

function aboutOf({ driver, make, model, plate }) {
  return driver || [make, model].filter(Boolean).join(" ") || plate || "";
}

function stateOf(store, index, status, format) {
  if (status !== MOVING || Number.isNaN(store.speed[index])) return STATUS_WORDS[status];
  const towards = store.hasHeading[index] ? ` ${compass(store.heading[index])}` : "";
  return `${STATUS_WORDS[status]} ${format.speed(store.speed[index])}${towards}`;
}
