const TICK_MS = 10_000;

let current = $state(Date.now());

setInterval(() => {
  current = Date.now();
}, TICK_MS);

/** The time, good to a few seconds; pages that show ages are drawn again as it moves. */
export function now(): number {
  return Math.max(current, 0);
}

export function touchClock(): void {
  current = Date.now();
}
