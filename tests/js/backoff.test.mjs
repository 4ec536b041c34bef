import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "../../static/src/live/backoff.js";

test("the first try comes in under a second, whatever the dice say", () => {
  for (const dice of [0, 0.5, 0.999999]) {
    const wait = backoffMs(0, () => dice);
    assert.ok(wait >= 250 && wait < 1_000, `waited ${wait}`);
  }
});

test("waits grow and stop at ten seconds", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 20].map((attempt) => backoffMs(attempt, () => 0.999999));
  assert.deepEqual(waits, waits.toSorted((a, b) => a - b));
  assert.equal(waits.at(-1), 10_000);
});

test("two browsers do not come back together", () => {
  assert.notEqual(backoffMs(4, () => 0.1), backoffMs(4, () => 0.9));
});
