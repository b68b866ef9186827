// @vitest-environment jsdom
import 'fake-indexeddb/auto';
import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Devices from '../../src/lib/ui/Devices.svelte';
import Restore from '../../src/routes/start/Restore.svelte';
import type { Identity } from '../../src/lib/keys/identity.ts';
import { recoveryWords } from '../../src/lib/keys/recovery.ts';
import { makeKey, publicKeyOf } from '../../src/lib/keys/signer.ts';
import { registerMember, registerRequester } from '../../src/lib/session/register.ts';
import { addIdentity, session, signOut, startSession } from '../../src/lib/session/session.svelte.ts';
import { base64, type Bytes } from '../../src/lib/verify/index.ts';
import { MockNode } from '../support/mock/node.ts';
import { button, settle, text, wireTo } from '../support/wire.ts';

const SHEET = new Uint8Array(32).fill(5) as Bytes;
let node: MockNode;
let shown: ReturnType<typeof mount> | null = null;

async function join(role: 'member' | 'requester'): Promise<Identity> {
  const key = await makeKey();
  const answer =
    role === 'member'
      ? await registerMember(session.log, key, SHEET, ['en'])
      : await registerRequester(session.log, key, SHEET, 'Acme');
  if (!answer.ok) throw new Error(answer.problem.code);
  await addIdentity(answer.value);
  return answer.value;
}

async function open(show: (options: { target: HTMLElement }) => ReturnType<typeof mount>): Promise<void> {
  if (shown) await unmount(shown);
  document.body.innerHTML = '';
  shown = show({ target: document.body });
  await settle();
}

/** On a device that has no key yet. */
async function comeBack(): Promise<void> {
  await signOut();
  await open((options) => mount(Restore, options));
  const words = document.querySelector('textarea');
  if (!words) throw new Error('no place for the words');
  words.value = recoveryWords(SHEET).join(' ');
  words.dispatchEvent(new Event('input', { bubbles: true }));
  await settle();
  document.querySelector('form')?.requestSubmit();
  await vi.waitFor(() => expect(session.phase).toBe('open'), { timeout: 10_000 });
}

/** The kinds of entry that the log has got. */
const kinds = (): string[] => node.log.entries.map(({ header }) => (JSON.parse(header) as { kind: string }).kind);

beforeEach(async () => {
  vi.stubGlobal('scrollTo', () => undefined);
  node = new MockNode();
  wireTo(node);
  await startSession();
});

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
  await signOut();
  vi.unstubAllGlobals();
});

describe('a requester', () => {
  it('registers the key of a sheet beside that of the device', async () => {
    const { party } = await join('requester');
    expect(party).toBe('r:0');
    expect([...node.market.requesterKeys()]).toContain(base64(await publicKeyOf(SHEET)));
  });

  it('comes back with the sheet on another device and gets a key of it', async () => {
    const first = await join('requester');
    await comeBack();
    expect(session.identity?.party).toBe(first.party);
    expect(session.role).toBe('requester');
    await vi.waitFor(() => expect(location.pathname).toBe('/projects'));
    expect(session.identity?.key.publicKey).not.toEqual(first.key.publicKey);
    expect(session.identity?.key.publicKey).not.toEqual(await publicKeyOf(SHEET));
    expect(kinds().at(-1)).toBe('add_key');
  });

  it('ends the key of a lost device, not that of this one', async () => {
    const first = await join('requester');
    await comeBack();
    await open((options) => mount(Devices, options));
    expect(text()).toContain('this device');
    const ends = [...document.querySelectorAll('button')].filter((one) => one.getAttribute('aria-label')?.startsWith('End this key: '));
    expect(ends).toHaveLength(2);
    button(/^End this key: Device key/)?.click();
    await settle();
    expect(kinds().at(-1)).toBe('add_key');
    button('Sign that it is over')?.click();
    await vi.waitFor(() => expect(kinds().at(-1)).toBe('revoke_key'));
    expect([...node.market.requesterKeys()]).not.toContain(base64(first.key.publicKey));
  });

  it('is offered a new sheet when there is none', async () => {
    await join('requester');
    await open((options) => mount(Devices, options));
    expect(text()).not.toContain('You have no recovery sheet');
    button(/^End this key: Recovery key/)?.click();
    await settle();
    expect(text()).toContain('The sheet is worth nothing from then on.');
    button('Sign that it is over')?.click();
    await vi.waitFor(() => expect(text()).toContain('You have no recovery sheet'));
    button('Make a recovery sheet')?.click();
    await settle();
    expect(document.querySelectorAll('h1')).toHaveLength(0);
    expect(document.querySelectorAll('.words li')).toHaveLength(14);
  });
});

describe('a member', () => {
  it('comes back to work', async () => {
    await join('member');
    await comeBack();
    expect(session.role).toBe('member');
    expect(location.pathname).toBe('/work');
  });
});
