import type { Rules } from '../api/types.ts';
import { minorDigits } from '../format.ts';

/** The least that an hour may pay, in minor units; null where no rule says so. */
export function floorOf(rules: Rules, currency: string): number | null {
  return rules.rules.find(({ name }) => name === `floor_minor_per_hour/${currency}`)?.value ?? null;
}

/** The least that an hour of an item with a price of its own may pay: by a floor that is announced, too. */
export function rowFloorOf(rules: Rules, currency: string): number | null {
  const rule = rules.rules.find(({ name }) => name === `floor_minor_per_hour/${currency}`);
  return rule ? Math.max(rule.value, rule.next_value ?? 0) : null;
}

/** What is shown of a price has four digits after the point, and what is shown has to be enough. */
const SHOWN_MICROS = 100n;

/** The least price of a task that takes so long, in micros; to be shown. */
export function leastPrice(floor: number, estimateSeconds: number, currency: string): number {
  return Number(roundUp(BigInt(leastMicros(floor, estimateSeconds, currency)), SHOWN_MICROS) * SHOWN_MICROS);
}

/** The same to the micro, as the node decides. */
export function leastMicros(floor: number, estimateSeconds: number, currency: string): number {
  const microsPerMinor = 10n ** BigInt(6 - minorDigits(currency));
  const hour = BigInt(floor) * microsPerMinor * BigInt(Math.max(1, Math.ceil(estimateSeconds)));
  return Number(roundUp(hour, 3600n));
}

const roundUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;
