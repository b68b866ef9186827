import { equal, utf8 } from './bytes.ts';
import type { JsonObject } from './canonical.ts';
import { commit } from './hash.ts';
import type { Header } from './header.ts';
import type { Opened } from './payslip-file.ts';
import { asArray, asObject, withKeys } from './read.ts';

/** The event of an entry of this kind that has no other, if `coop` opens its coop part. */
export function onlyEvent(
  { kind, parts: [part] }: Header,
  coop: Opened,
  wanted: { kind: string; type: string; keys: readonly string[] },
): JsonObject | undefined {
  if (kind !== wanted.kind || part?.role !== 'coop') return undefined;
  if (!equal(part.commit, commit(coop.salt, utf8(coop.bytes)))) return undefined;
  const events = asArray(asObject(coop.value)?.['events']);
  const event = withKeys(events?.[0], wanted.keys);
  return events?.length === 1 && event?.['type'] === wanted.type ? event : undefined;
}
