import { base64Decode, equal, type Bytes } from './bytes.ts';
import { sha256 } from './hash.ts';
import {
  COSIGNATURE,
  cosignatureTime,
  ED25519,
  parseNote,
  plainSignatureHolds,
  type Note,
  type NoteKey,
} from './note.ts';
import { quorumMet, seenByQuorum, type Policy } from './policy.ts';
import { failed, type Failed } from './verdict.ts';

export interface Witnessed {
  name: string;
  /** Seconds since 1970, as the witness says. */
  time: number;
}

export interface Checkpoint {
  ok: true;
  origin: string;
  size: bigint;
  root: Bytes;
  witnesses: Witnessed[];
  /** When a quorum last saw it, in seconds; null when the policy asks for no witness and none signed. */
  seen: number | null;
}

/** Reads the three lines of a checkpoint; further lines are opaque and allowed. */
export function parseCheckpointBody(
  text: string,
): { origin: string; size: bigint; root: Bytes } | undefined {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  const hash = base64Decode(root);
  if (origin === '' || !/^(?:0|[1-9][0-9]{0,18})$/.test(size) || hash?.length !== 32) {
    return undefined;
  }
  if (BigInt(size) >= 2n ** 63n) return undefined;
  const end = rest.pop();
  if (end !== '' || rest.includes('')) return undefined;
  return { origin, size: BigInt(size), root: hash };
}

/** A checkpoint counts when the log signed it and the reader's quorum of witnesses did too. */
export function verifyCheckpoint(text: string, policy: Policy): Checkpoint | Failed {
  const note = parseNote(text);
  const body = note ? parseCheckpointBody(note.text) : undefined;
  if (!note || !body) return failed('checkpoint_malformed');
  const log = policy.logs.filter((key) => key.type === ED25519 && key.name === body.origin);
  const lines = note.signatures.filter((line) => find(log, line) !== undefined);
  if (lines.length === 0) return failed('checkpoint_unknown_log', body.origin);
  for (const line of lines) {
    const key = find(log, line);
    if (!key || !plainSignatureHolds(note, line, key)) {
      return failed('checkpoint_signature_invalid', line.name);
    }
  }
  const witnesses = readCosignatures(note, policy);
  if ('ok' in witnesses) return witnesses;
  if (body.size === 0n && !equal(body.root, sha256(new Uint8Array()))) {
    return failed('checkpoint_empty_root_wrong');
  }
  if (!quorumMet(policy, new Set(witnesses.map(({ name }) => name)))) {
    return failed('quorum_not_met', `${witnesses.length}`);
  }
  return { ok: true, ...body, witnesses, seen: seenByQuorum(policy, witnesses) };
}

function readCosignatures(note: Note, policy: Policy): Witnessed[] | Failed {
  const latest = new Map<string, number>();
  for (const line of note.signatures) {
    for (const [name, key] of policy.witnesses) {
      if (key.type !== COSIGNATURE || !matches(key, line)) continue;
      const time = cosignatureTime(note, line, key);
      if (time === undefined) return failed('checkpoint_signature_invalid', line.name);
      latest.set(name, Math.max(time, latest.get(name) ?? 0));
    }
  }
  return [...latest].map(([name, time]) => ({ name, time }));
}

function find(keys: readonly NoteKey[], line: { name: string; id: string }): NoteKey | undefined {
  return keys.find((key) => matches(key, line));
}

function matches(key: NoteKey, line: { name: string; id: string }): boolean {
  return key.name === line.name && key.id === line.id;
}
