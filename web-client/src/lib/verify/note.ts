import { base64Decode, concat, hex, utf8, wellFormed, type Bytes } from './bytes.ts';
import { verifyEd25519 } from './ed25519.ts';
import { sha256 } from './hash.ts';

export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
const SIGNATURES_MAX = 100;
const BYTES_MAX = 1_000_000;
// A name has neither a plus nor a space of any alphabet.
const NAME = '[^+\\p{White_Space}\\u0000-\\u001f]+';
const VKEY = new RegExp(`^(${NAME})\\+([0-9a-f]{8})\\+(.+)$`, 'u');
const SIGNATURE = new RegExp(`^\\u2014 (${NAME}) (.+)$`, 'u');

export interface NoteKey {
  name: string;
  id: string;
  type: number;
  key: Bytes;
}

export interface NoteSignature {
  name: string;
  id: string;
  blob: Bytes;
}

export interface Note {
  text: string;
  signatures: NoteSignature[];
}

/** Reads `name+id+base64(type || key)`; undefined when the id does not follow from the rest. */
export function parseVkey(text: string): NoteKey | undefined {
  const match = wellFormed(text) ? VKEY.exec(text) : null;
  const data = match ? base64Decode(match[3] ?? '') : null;
  const type = data?.[0];
  if (!match || !data || type === undefined) return undefined;
  const [, name = '', id = ''] = match;
  const expected = sha256(concat(utf8(name), Uint8Array.of(0x0a), data)).subarray(0, 4);
  if (hex(expected) !== id) return undefined;
  if (data.length !== 33) return undefined;
  return { name, id, type, key: data.slice(1) };
}

/** Splits a signed note at its last empty line. Undefined when it is not a note. */
export function parseNote(note: string): Note | undefined {
  if (!wellFormed(note) || utf8(note).length > BYTES_MAX) return undefined;
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (!signature) return undefined;
    signatures.push(signature);
  }
  return { text: note.slice(0, split + 1), signatures };
}

function parseSignature(line: string): NoteSignature | undefined {
  const match = SIGNATURE.exec(line);
  const blob = match ? base64Decode(match[2] ?? '') : null;
  if (!match || !blob || blob.length < 5) return undefined;
  return { name: match[1] ?? '', id: hex(blob.subarray(0, 4)), blob: blob.slice(4) };
}

export function plainSignatureHolds(note: Note, signature: NoteSignature, key: NoteKey): boolean {
  return verifyEd25519(signature.blob, utf8(note.text), key.key);
}

/** The time, in seconds, at which a witness says it saw this tree; undefined when it did not. */
export function cosignatureTime(
  note: Note,
  signature: NoteSignature,
  key: NoteKey,
): number | undefined {
  if (signature.blob.length !== 72) return undefined;
  const view = new DataView(signature.blob.buffer, signature.blob.byteOffset);
  const time = view.getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
  return verifyEd25519(signature.blob.subarray(8), message, key.key) ? Number(time) : undefined;
}
