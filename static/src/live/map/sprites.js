/** Pictures that are drawn once per theme and then stamped thousands of times. */

import { MOVING_UNDIRECTED, SHAPES } from "../shapes.js";
import { MOVING, OFFLINE } from "../status.js";

const SIZES = { [MOVING]: 24, [OFFLINE]: 17 };
const USUAL_SIZE = 19;
const UNDIRECTED = 4;
const LABELS_KEPT = 600;

export class Sprites {
  constructor(colours, font, ratio) {
    this.colours = colours;
    this.font = font;
    this.ratio = ratio;
    this.pictures = [0, 1, 2, 3].map((status) =>
      this.#shape(SHAPES[status], colours.status[status], SIZES[status] ?? USUAL_SIZE),
    );
    this.pictures[UNDIRECTED] = this.#shape(MOVING_UNDIRECTED, colours.status[MOVING], USUAL_SIZE);
    this.labels = new Map();
    this.clusters = new Map();
  }

  /** Stamp a vehicle; `heading` in degrees turns the arrow, null leaves it upright. */
  vehicle(context, status, heading, x, y, larger) {
    const undirected = status === MOVING && heading === null;
    const picture = this.pictures[undirected ? UNDIRECTED : status];
    const size = (picture.width / this.ratio) * (larger ? 1.3 : 1);
    if (status === MOVING && !undirected) {
      const angle = (heading * Math.PI) / 180;
      const cos = Math.cos(angle) * this.ratio;
      const sin = Math.sin(angle) * this.ratio;
      context.setTransform(cos, sin, -sin, cos, x * this.ratio, y * this.ratio);
      context.drawImage(picture, -size / 2, -size / 2, size, size);
      context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    } else context.drawImage(picture, x - size / 2, y - size / 2, size, size);
  }

  /** Picture of a vehicle number on its small plate; the most recently used are kept. */
  label(text) {
    let picture = this.labels.get(text);
    if (picture) this.labels.delete(text);
    else picture = this.#plate(text);
    this.labels.set(text, picture);
    if (this.labels.size > LABELS_KEPT) this.labels.delete(this.labels.keys().next().value);
    return picture;
  }

  /** Picture of a cluster: how many, and a ring that shows the share of each status. */
  cluster(count, counts) {
    // Shares in twentieths: close enough for the eye, and few enough pictures to keep.
    const shares = counts.map((n) => Math.round((n / count) * 20));
    const text = count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 9950 ? 1 : 0)}k`;
    const key = `${text}:${shares}`;
    let picture = this.clusters.get(key);
    if (picture) return picture;
    if (this.clusters.size > LABELS_KEPT) this.clusters.clear();
    picture = this.#ring(text, count, counts);
    this.clusters.set(key, picture);
    return picture;
  }

  #canvas(width, height) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(width * this.ratio);
    canvas.height = Math.ceil(height * this.ratio);
    const context = canvas.getContext("2d");
    context.scale(this.ratio, this.ratio);
    return { canvas, context };
  }

  #shape({ body, detail }, colour, size) {
    const margin = 3;
    const { canvas, context } = this.#canvas(size + 2 * margin, size + 2 * margin);
    context.translate(margin, margin);
    context.scale(size / 24, size / 24);
    context.lineJoin = "round";
    context.shadowColor = "rgb(0 0 0 / 30%)";
    context.shadowBlur = 3 * this.ratio;
    context.strokeStyle = this.colours.halo;
    context.lineWidth = (24 / size) * 3.4;
    context.stroke(new Path2D(body));
    context.shadowColor = "transparent";
    context.fillStyle = colour;
    context.fill(new Path2D(body));
    if (detail) {
      context.fillStyle = this.colours.halo;
      context.fill(new Path2D(detail));
    }
    return canvas;
  }

  #plate(text) {
    const font = `600 11px ${this.font}`;
    const measure = this.#canvas(1, 1).context;
    measure.font = font;
    const width = measure.measureText(text).width + 10;
    const { canvas, context } = this.#canvas(width + 2, 19);
    context.beginPath();
    context.roundRect(1, 1, width, 16, 4);
    context.fillStyle = this.colours.label;
    context.globalAlpha = 0.94;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.strokeStyle = this.colours.line;
    context.stroke();
    context.fillStyle = this.colours.labelText;
    context.font = font;
    context.textBaseline = "middle";
    context.fillText(text, 6, 9.5);
    return canvas;
  }

  #ring(text, count, counts) {
    const radius = clusterRadius(count);
    const { canvas, context } = this.#canvas(radius * 2 + 6, radius * 2 + 6);
    const middle = radius + 3;
    context.beginPath();
    context.arc(middle, middle, radius, 0, 2 * Math.PI);
    context.shadowColor = "rgb(0 0 0 / 25%)";
    context.shadowBlur = 4 * this.ratio;
    context.fillStyle = this.colours.label;
    context.fill();
    context.shadowColor = "transparent";
    let angle = -Math.PI / 2;
    context.lineWidth = 4;
    for (const status of [2, 1, 0, 3]) {
      if (counts[status] === 0) continue;
      const next = angle + (counts[status] / count) * 2 * Math.PI;
      context.beginPath();
      context.arc(middle, middle, radius - 2.5, angle, next);
      context.strokeStyle = this.colours.status[status];
      context.stroke();
      angle = next;
    }
    context.fillStyle = this.colours.labelText;
    context.font = `650 ${count < 100 ? 12 : 11.5}px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, middle, middle + 0.5);
    return canvas;
  }
}

export function clusterRadius(count) {
  return Math.min(32, 14 + Math.log2(count) * 1.7);
}
