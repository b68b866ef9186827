// @vitest-environment jsdom
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeKey } from '../../src/lib/keys/signer.ts';
import { beginAnew, rememberedTree, remembering } from '../../src/lib/proof/trust.ts';
import { sendCommand } from '../../src/lib/session/commands.ts';
import { base64Decode, base64, utf8Decode, type Envelope } from '../../src/lib/verify/index.ts';

const root = (byte: number): string => base64(new Uint8Array(32).fill(byte));
const good = (log: string, size: string | number, byte: number): { ok: true; log: string; size: string | number; root: string } => ({
  ok: true,
  log,
  size,
  root: root(byte),
});

/** What is signed of a command for this log. */
async function signedFor(log: string): Promise<Record<string, unknown>> {
  let sent: Envelope | undefined;
  vi.stubGlobal('fetch', (_path: string, { body }: { body: string }) => {
    sent = (JSON.parse(body) as { envelope: Envelope }).envelope;
    return Promise.resolve(new Response('{}', { status: 409 }));
  });
  await sendCommand(await makeKey(), { actor: 'm:1', kind: 'submit', args: {}, log });
  return JSON.parse(utf8Decode(base64Decode(sent?.payload ?? '') ?? new Uint8Array()) ?? '') as Record<string, unknown>;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the tree that a device has checked', () => {
  it('is named in the commands that it signs, and only for that log', async () => {
    await remembering(good('a/log', 120, 1));
    expect(await signedFor('a/log')).toMatchObject({ seen: { root: root(1), size: 120 } });
    expect(await signedFor('b/log')).not.toHaveProperty('seen');
  });

  it('grows with payslips and receipts, and never shrinks', async () => {
    await remembering(good('c/log', 120, 1));
    await remembering(good('c/log', '150', 2));
    await remembering(good('c/log', '90', 3));
    expect(await rememberedTree('c/log')).toEqual({ size: 150, root: root(2) });
    expect(await signedFor('c/log')).toMatchObject({ seen: { size: 150 } });
  });

  it('of one size with another root is another history, and is not taken over', async () => {
    await remembering(good('d/log', 120, 1));
    expect(await remembering(good('d/log', '120', 2))).toMatchObject({ ok: false, reason: 'history_changed' });
    expect(await rememberedTree('d/log')).toEqual({ size: 120, root: root(1) });
  });

  it('is not learnt from what did not hold', async () => {
    const bad = { ok: false as const, reason: 'quorum_not_met', detail: '' };
    expect(await remembering(bad)).toEqual(bad);
  });

  it('can be put aside by the reader, when a ledger begins anew', async () => {
    await remembering(good('e/log', 120, 1));
    await beginAnew('e/log');
    expect(await rememberedTree('e/log')).toBeUndefined();
    expect(await remembering(good('e/log', 7, 5))).toMatchObject({ ok: true });
    expect(await signedFor('e/log')).toMatchObject({ seen: { size: 7 } });
  });
});
