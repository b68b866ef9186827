import { concat, type Bytes } from '../verify/bytes.ts';

/** A key that can sign but cannot be read out. Both kinds can be stored in IndexedDB. */
export type StoredKey =
  | { kind: 'webcrypto'; publicKey: Bytes; privateKey: CryptoKey }
  | { kind: 'wrapped'; publicKey: Bytes; wrappingKey: CryptoKey; wrapped: Bytes };

const IV_LENGTH = 12;

/** Browsers before 2025 may not know Ed25519; those get the wrapped kind. */
export async function makeKey(subtle: SubtleCrypto = crypto.subtle): Promise<StoredKey> {
  try {
    const pair = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
    return { kind: 'webcrypto', publicKey, privateKey: pair.privateKey };
  } catch {
    return wrapSeed(crypto.getRandomValues(new Uint8Array(32)), subtle);
  }
}

/** Turns a seed, such as the one on a recovery sheet, into a key of this device. */
export async function keyFromSeed(
  seed: Bytes,
  subtle: SubtleCrypto = crypto.subtle,
): Promise<StoredKey> {
  try {
    const privateKey = await subtle.importKey('pkcs8', pkcs8(seed), 'Ed25519', false, ['sign']);
    return { kind: 'webcrypto', publicKey: await publicKeyOf(seed), privateKey };
  } catch {
    return wrapSeed(seed, subtle);
  }
}

export async function signWith(
  key: StoredKey,
  message: Bytes,
  subtle: SubtleCrypto = crypto.subtle,
): Promise<Bytes> {
  if (key.kind === 'webcrypto') {
    return new Uint8Array(await subtle.sign('Ed25519', key.privateKey, message));
  }
  // The seed is readable in memory while it signs: weaker, and the best an older browser can do.
  const iv = key.wrapped.slice(0, IV_LENGTH);
  const sealed = key.wrapped.slice(IV_LENGTH);
  const seed = new Uint8Array(
    await subtle.decrypt({ name: 'AES-GCM', iv }, key.wrappingKey, sealed),
  );
  try {
    const { signAsync } = await curve();
    return (await signAsync(message, seed)) as Bytes;
  } finally {
    seed.fill(0);
  }
}

export async function publicKeyOf(seed: Bytes): Promise<Bytes> {
  const { getPublicKeyAsync } = await curve();
  return (await getPublicKeyAsync(seed)) as Bytes;
}

/** Loaded only by those who need it: recovery sheets and browsers without Ed25519. */
function curve(): Promise<typeof import('@noble/ed25519')> {
  return import('@noble/ed25519');
}

async function wrapSeed(seed: Bytes, subtle: SubtleCrypto): Promise<StoredKey> {
  const wrappingKey = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, wrappingKey, seed);
  const publicKey = await publicKeyOf(seed);
  return { kind: 'wrapped', publicKey, wrappingKey, wrapped: concat(iv, new Uint8Array(sealed)) };
}

/** The fixed wrapping of RFC 8410 around an Ed25519 seed. */
function pkcs8(seed: Bytes): Bytes {
  const prefix = [0x30, 0x2e, 0x02, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
  return concat(Uint8Array.from(prefix), seed);
}
