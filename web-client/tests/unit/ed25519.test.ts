import { getPublicKey, Point, sign } from '@noble/ed25519';
import { describe, expect, it } from 'vitest';
import { base64, base64Decode, concat, hexDecode, utf8, type Bytes } from '../../src/lib/verify/bytes.ts';
import { makeEnvelope, openEnvelope, pae } from '../../src/lib/verify/dsse.ts';
import { envelopeVerifies } from '../../src/lib/verify/dsse-verify.ts';
import { verifyEd25519 } from '../../src/lib/verify/ed25519.ts';
import { commit } from '../../src/lib/verify/hash.ts';
import { hex } from '../../src/lib/verify/bytes.ts';

const ORDER = Point.CURVE().n;
const seed = hexDecode('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60') as Bytes;
const key = getPublicKey(seed);
const message = utf8('pay');
const good = sign(message, seed);

function withS(signature: Uint8Array, change: (s: bigint) => bigint): Uint8Array {
  let s = 0n;
  for (let i = 63; i >= 32; i -= 1) s = (s << 8n) | BigInt(signature[i] ?? 0);
  let next = change(s);
  const out = signature.slice();
  for (let i = 32; i < 64; i += 1) {
    out[i] = Number(next & 0xffn);
    next >>= 8n;
  }
  return out;
}

describe('the pinned Ed25519 rule', () => {
  it('accepts an honest signature and nothing near it', () => {
    expect(verifyEd25519(good, message, key)).toBe(true);
    expect(verifyEd25519(good, utf8('paid'), key)).toBe(false);
    expect(verifyEd25519(good.slice(0, 63), message, key)).toBe(false);
    for (let i = 0; i < 64; i += 1) {
      const bad = good.slice();
      bad[i] = (bad[i] ?? 0) ^ 1;
      expect(verifyEd25519(bad, message, key)).toBe(false);
    }
  });

  it('refuses S at or above the order', () => {
    expect(verifyEd25519(withS(good, (s) => s + ORDER), message, key)).toBe(false);
  });

  it('refuses keys of small order, in every encoding', () => {
    const small = [
      `01${'00'.repeat(31)}`,
      `01${'00'.repeat(30)}80`,
      '00'.repeat(32),
      `${'00'.repeat(31)}80`,
      `ec${'ff'.repeat(30)}7f`,
      `ec${'ff'.repeat(30)}ff`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ];
    for (const text of small) {
      const bad = hexDecode(text) as Bytes;
      // R is the identity and S is zero: the equation itself would hold.
      const signature = concat(hexDecode(`01${'00'.repeat(31)}`) as Bytes, new Uint8Array(32));
      expect(verifyEd25519(signature, message, bad)).toBe(false);
    }
  });

  it('refuses R of small order, which only the owner of the key could make', () => {
    const signature = concat(hexDecode(`01${'00'.repeat(31)}`) as Bytes, good.slice(32));
    expect(verifyEd25519(signature, message, key)).toBe(false);
  });

  it('agrees with WebCrypto in both directions', async () => {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message));
    expect(verifyEd25519(signature, message, raw)).toBe(true);
    const imported = await crypto.subtle.importKey('raw', key as Bytes, 'Ed25519', false, ['verify']);
    expect(await crypto.subtle.verify('Ed25519', imported, good as Bytes, message)).toBe(true);
  });
});

describe('DSSE', () => {
  it('encodes as the specification says', () => {
    const bytes = pae('http://example.com/HelloWorld', utf8('hello world'));
    expect(new TextDecoder().decode(bytes)).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('matches a published signature', () => {
    const type = 'application/vnd.example.coop.completion.v1+json';
    const body = utf8('{"amount":"125000","task":"t1"}');
    const signature = base64Decode(
      'H55bxc/BdpbeF3VcNm8cDs5DwPe7oFkFYXfgE9Yruqu3ErB1DLUgSNFft/SYBTOvTkf+XGbDYeQhyy/2Vt+ICw==',
    ) as Bytes;
    expect(base64(sign(pae(type, body), seed))).toBe(base64(signature));
    const envelope = openEnvelope(makeEnvelope(type, body, key, signature));
    expect(envelope && envelopeVerifies(envelope, key)).toBe(true);
    expect(envelope && envelopeVerifies({ ...envelope, type: 'other' }, key)).toBe(false);
  });

  it.each([null, [], {}, { payload: '', payloadType: 'x', signatures: [] }, 'x'])(
    'refuses %j',
    (value) => expect(openEnvelope(value)).toBeUndefined(),
  );
});

describe('commitments', () => {
  it('match the vector of the format page', () => {
    const salt = new Uint8Array(32).fill(0x11);
    expect(hex(commit(salt, utf8('{"payee":"m-42","task":"t1"}')))).toBe(
      '08310059765c822e0b46ae1b7dd52987463af41b2c06189b0af5c7e65349bdc0',
    );
  });
});
