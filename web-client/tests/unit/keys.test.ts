import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { get, put } from '../../src/lib/device/db.ts';
import { keyFromSeed, makeKey, publicKeyOf, signWith, type StoredKey } from '../../src/lib/keys/signer.ts';
import { readRecovery, recoveryWords, sameGroup } from '../../src/lib/keys/recovery.ts';
import { utf8, type Bytes } from '../../src/lib/verify/bytes.ts';
import { verifyEd25519 } from '../../src/lib/verify/ed25519.ts';

/** A browser from before 2025: everything but Ed25519. */
const older = new Proxy(crypto.subtle, {
  get(target, name) {
    const value = Reflect.get(target, name) as unknown;
    if (typeof value !== 'function') return value;
    return (...args: unknown[]): unknown => {
      if (args.includes('Ed25519')) return Promise.reject(new Error('NotSupportedError'));
      return Reflect.apply(value, target, args);
    };
  },
});

const message = utf8('signed once per bundle');

describe.each([
  ['webcrypto', crypto.subtle],
  ['wrapped', older],
] as const)('a key of kind %s', (kind, subtle) => {
  it('signs what the ledger accepts', async () => {
    const key = await makeKey(subtle);
    expect(key.kind).toBe(kind);
    expect(verifyEd25519(await signWith(key, message, subtle), message, key.publicKey)).toBe(true);
  });

  it('comes from a seed, as on a recovery sheet', async () => {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const key = await keyFromSeed(seed, subtle);
    expect(key.kind).toBe(kind);
    expect(key.publicKey).toEqual(await publicKeyOf(seed));
    expect(verifyEd25519(await signWith(key, message, subtle), message, key.publicKey)).toBe(true);
  });

  it('cannot be read out', async () => {
    const key = await makeKey(subtle);
    const secret = key.kind === 'webcrypto' ? key.privateKey : key.wrappingKey;
    expect(secret.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', secret)).rejects.toThrow();
  });
});

describe('the device', () => {
  it('keeps what it is given', async () => {
    await put('drafts', 'log 7', { 3: { value: 'good' } });
    expect(await get('drafts', 'log 7')).toEqual({ 3: { value: 'good' } });
    expect(await get('drafts', 'log 8')).toBeUndefined();
  });

  it('keeps a wrapped key without its seed', async () => {
    const seed = new Uint8Array(32).fill(7);
    const key = (await keyFromSeed(seed, older)) as Extract<StoredKey, { kind: 'wrapped' }>;
    const text = [...key.wrapped].join(',');
    expect(text.includes([...seed].join(','))).toBe(false);
  });
});

describe('the recovery sheet', () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Bytes);

  it('comes back from what it says, in any case and spacing', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const words = recoveryWords(seed);
        expect(words).toHaveLength(14);
        expect(readRecovery(words.join(' '))).toEqual(seed);
        expect(readRecovery(words.join('-').toLowerCase())).toEqual(seed);
      }),
    );
  });

  it('forgives the letters that look like digits', () => {
    const text = recoveryWords(new Uint8Array(32)).join(' ');
    expect(readRecovery(text.replaceAll('0', 'O').replaceAll('1', 'l'))).toEqual(new Uint8Array(32));
  });

  it('notices one wrong character', () => {
    const text = recoveryWords(new Uint8Array(32).fill(9)).join('');
    for (let i = 0; i < text.length; i += 1) {
      const other = text[i] === '7' ? '8' : '7';
      expect(readRecovery(text.slice(0, i) + other + text.slice(i + 1))).toBeUndefined();
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void readRecovery(text)));
    expect(sameGroup(' ab12', 'AB12')).toBe(true);
    expect(sameGroup('ab13', 'AB12')).toBe(false);
  });
});
