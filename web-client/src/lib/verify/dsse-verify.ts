import { pae, type OpenEnvelope } from './dsse.ts';
import { verifyEd25519 } from './ed25519.ts';

/** Apart from dsse.ts, so that a page which only signs does not load the curve. */
export function envelopeVerifies(envelope: OpenEnvelope, publicKey: Uint8Array): boolean {
  return verifyEd25519(envelope.signature, pae(envelope.type, envelope.body), publicKey);
}
