/** Decides which labels fit: first come, first placed, and whoever had a place keeps it. No DOM. */

const CELL = 24;

export class LabelPlacer {
  /** On which side of its vehicle each label stood. */
  #held = new Map();
  #cells = new Map();

  /**
   * @param {{key: number, places: {side: string, x: number, y: number}[], width: number, height: number, first: boolean}[]} candidates
   *   `places` are the top left corners to try in turn; `first` ones are placed in any case
   * @param {{obstacles: {x: number, y: number, width: number, height: number}[], most: number}} limits
   *   boxes that no label may cover, and how many labels at the most
   * @returns {object[]} the candidates that fit, each with its `side`, `x` and `y`
   */
  place(candidates, { obstacles, most }) {
    this.#cells.clear();
    for (const obstacle of obstacles) this.#occupy(obstacle);
    const held = this.#held;
    const rank = (c) => (c.first ? 0 : held.has(c.key) ? 1 : 2);
    const ordered = candidates.toSorted((a, b) => rank(a) - rank(b) || a.key - b.key);
    const placed = [];
    for (const candidate of ordered) {
      if (placed.length >= most) break;
      const place = this.#place(candidate);
      if (!place) continue;
      const label = { ...candidate, ...place };
      this.#occupy(label);
      placed.push(label);
    }
    this.#held = new Map(placed.map((label) => [label.key, label.side]));
    return placed;
  }

  /** The side where the label stood if it is still free: a label that hops about cannot be read. */
  #place({ key, places, width, height, first }) {
    const free = places.filter((place) => !this.#occupied({ ...place, width, height }));
    const held = this.#held.get(key);
    return free.find(({ side }) => side === held) ?? free[0] ?? (first ? places[0] : undefined);
  }

  #occupy(box) {
    eachCell(box, (key) => {
      const boxes = this.#cells.get(key);
      if (boxes) boxes.push(box);
      else this.#cells.set(key, [box]);
      return false;
    });
  }

  #occupied(box) {
    return eachCell(box, (key) => this.#cells.get(key)?.some((other) => overlap(box, other)) ?? false);
  }
}

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Visits the cells that a box touches until `visit` says true; returns whether one did. */
function eachCell(box, visit) {
  for (let cx = Math.floor(box.x / CELL); cx <= Math.floor((box.x + box.width) / CELL); cx += 1) {
    for (let cy = Math.floor(box.y / CELL); cy <= Math.floor((box.y + box.height) / CELL); cy += 1) {
      if (visit(cx * 65_536 + cy)) return true;
    }
  }
  return false;
}
