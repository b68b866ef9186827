import { base64, base64Decode, concat, hex, utf8, type Bytes } from './bytes.ts';
import { sha256 } from './hash.ts';
import { asArray, asString, withKeys } from './read.ts';

export const COMMAND_TYPE = 'application/vnd.handprint.command.v1+json';
export const PROMISE_TYPE = 'application/vnd.handprint.promise.v1+json';
export const SESSION_TYPE = 'application/vnd.handprint.session.v1+json';

export interface Envelope {
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
}

export interface OpenEnvelope {
  body: Bytes;
  type: string;
  signature: Bytes;
}

/** What is signed: the type goes in, so a signature made for one purpose fits no other. */
export function pae(type: string, body: Uint8Array): Bytes {
  const typeBytes = utf8(type);
  return concat(
    utf8(`DSSEv1 ${typeBytes.length} `),
    typeBytes,
    utf8(` ${body.length} `),
    body,
  );
}

/** A hint for finding the key, never a reason to trust one. */
export function keyId(publicKey: Uint8Array): string {
  return hex(sha256(publicKey).subarray(0, 8));
}

export function makeEnvelope(
  type: string,
  body: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): Envelope {
  return {
    payload: base64(body),
    payloadType: type,
    signatures: [{ keyid: keyId(publicKey), sig: base64(signature) }],
  };
}

/** Undefined unless it has the shape of an envelope with exactly one signature. */
export function openEnvelope(value: unknown): OpenEnvelope | undefined {
  const envelope = withKeys(value, ['payload', 'payloadType', 'signatures']);
  const signatures = asArray(envelope?.['signatures']);
  const first = withKeys(signatures?.[0], ['keyid', 'sig']);
  const type = asString(envelope?.['payloadType']);
  const body = decode(envelope?.['payload']);
  const signature = decode(first?.['sig']);
  if (!body || !signature || type === undefined || signatures?.length !== 1) return undefined;
  if (asString(first?.['keyid']) === undefined || signature.length !== 64) return undefined;
  return { body, type, signature };
}

function decode(value: unknown): Bytes | null {
  return typeof value === 'string' ? base64Decode(value) : null;
}
