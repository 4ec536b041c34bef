/** Vehicle status, derived from what the last report said and from how long ago it came. */

export const MOVING = 2;
export const IDLING = 1;
export const STOPPED = 0;
export const OFFLINE = 3;

/** Key per code; the order of STATUS_ORDER is the order on screen. */
export const STATUS_KEYS = ["stopped", "idling", "moving", "offline"];
export const STATUS_WORDS = ["Stopped", "Idling", "Moving", "Offline"];
export const STATUS_ORDER = [MOVING, IDLING, STOPPED, OFFLINE];

/**
 * Status code of a vehicle.
 * @param {number} motion 0 stopped, 1 idling, 2 moving
 * @param {number} receivedMs when its last report reached the server, epoch ms
 * @param {number} nowMs server time now, epoch ms
 * @param {{moving_s: number, parked_s: number}} offline silence after which it counts as offline
 */
export function statusOf(motion, receivedMs, nowMs, offline) {
  const limit = motion === MOVING ? offline.moving_s : offline.parked_s;
  return nowMs - receivedMs > limit * 1000 ? OFFLINE : motion;
}

export function statusCode(key) {
  return STATUS_KEYS.indexOf(key);
}
