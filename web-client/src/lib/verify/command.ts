import { parseCanonical, type JsonObject } from './canonical.ts';
import { asCount, asHash, asObject, asString, withKeys } from './read.ts';

const KEYS = ['actor', 'args', 'command', 'kind', 'log'];

/** What a person signs, section 7 of docs/ledger-format.md. */
export interface Command {
  actor: string;
  args: JsonObject;
  id: string;
  kind: string;
  log: string;
  /** Size of the log that the signer had seen; 0 if the command does not say. */
  seen: number;
}

/** Undefined unless the bytes are a command in canonical form, and nothing else. */
export function readCommand(bytes: Uint8Array): Command | undefined {
  const body = withKeys(parseCanonical(bytes), KEYS, ['seen']);
  const actor = asString(body?.['actor']);
  const args = asObject(body?.['args']);
  const id = asString(body?.['command']);
  const kind = asString(body?.['kind']);
  const log = asString(body?.['log']);
  const seen = body?.['seen'] === undefined ? 0 : readSeen(body['seen']);
  if (actor === undefined || !args || id === undefined || !/^[0-9a-f]{32}$/.test(id)) return undefined;
  if (kind === undefined || log === undefined || seen === undefined) return undefined;
  return { actor, args, id, kind, log, seen };
}

function readSeen(item: unknown): number | undefined {
  const seen = withKeys(item, ['root', 'size']);
  return asHash(seen?.['root']) ? asCount(seen?.['size']) : undefined;
}
