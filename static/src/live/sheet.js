/**
 * On a phone the list and the panel live in a sheet at the bottom with three heights. A drag of its
 * handle or a press on it moves between them; CSS alone decides whether there is a sheet at all.
 */

const STOPS = ["low", "half", "full"];
const PHONE = matchMedia("(max-width: 720px)");

export class Sheet {
  /** @param {HTMLElement} root carries data-sheet="low|half|full" @param {() => void} onMove */
  constructor(root, onMove) {
    this.root = root;
    this.onMove = onMove;
    const handle = root.querySelector("[data-sheet-handle]");
    let start = null;
    handle.addEventListener("pointerdown", (event) => {
      start = { y: event.clientY, moved: false };
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (start && Math.abs(event.clientY - start.y) > 24) {
        this.#step(event.clientY < start.y ? 1 : -1);
        start = { y: event.clientY, moved: true };
      }
    });
    handle.addEventListener("pointerup", () => {
      if (start && !start.moved) this.to(this.stop === "low" ? "half" : "low");
      start = null;
    });
    handle.addEventListener("keydown", (event) => {
      if (event.key === "ArrowUp") this.#step(1);
      else if (event.key === "ArrowDown") this.#step(-1);
      else if (event.key === "Enter" || event.key === " ") this.to(this.stop === "low" ? "half" : "low");
      else return;
      event.preventDefault();
    });
  }

  get stop() {
    return this.root.dataset.sheet;
  }

  get isPhone() {
    return PHONE.matches;
  }

  to(stop) {
    this.root.dataset.sheet = stop;
    this.onMove();
  }

  /** Bring into sight what the sheet has to say; one that is up already stays as it is. */
  raise() {
    if (this.isPhone && this.stop === "low") this.to("half");
  }

  /** Resolves when the sheet has come to rest: only then it is known how much of the map it covers. */
  settled() {
    const motions = this.root.querySelector("[data-sheet-body]").getAnimations();
    return Promise.allSettled(motions.map((motion) => motion.finished));
  }

  #step(by) {
    const next = STOPS.indexOf(this.stop) + by;
    if (STOPS[next]) this.to(STOPS[next]);
  }
}
