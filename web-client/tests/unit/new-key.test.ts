// @vitest-environment jsdom
import 'fake-indexeddb/auto';
import { mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import NewKey from '../../src/lib/ui/NewKey.svelte';
import { makeKey } from '../../src/lib/keys/signer.ts';
import { setLocale } from '../../src/lib/i18n/index.svelte.ts';
import { sendCommand } from '../../src/lib/session/commands.ts';
import { askForNewKey } from '../../src/lib/session/new-key.svelte.ts';
import { addIdentity, resend, session, signOut, startSession } from '../../src/lib/session/session.svelte.ts';
import { base64 } from '../../src/lib/verify/index.ts';
import { command, TestKey } from '../support/log-maker.ts';
import { MockNode } from '../support/mock/node.ts';
import { button, press, settle, shows, text, WAIT, wireTo, type Wire } from '../support/wire.ts';

const delegate = new TestKey(200);
let node: MockNode;
let wire: Wire;
let shown: ReturnType<typeof mount> | null = null;

async function join(): Promise<number> {
  const key = await makeKey();
  const args = { key: base64(key.publicKey), languages: ['en'] };
  const { log } = session;
  const joined = await sendCommand(key, { actor: 'new', kind: 'enrol_member', args, log });
  if (!joined.ok) throw new Error(joined.problem.code);
  const member = Number(joined.value.result['member']);
  await addIdentity({ party: `m:${member}`, role: 'member', log, key });
  return member;
}

function propose(member: number, byte = 90): number {
  const args = { key: base64(new TestKey(byte).key), member };
  const envelope = command(delegate, 'd:0', 'propose_reenrolment', args);
  const answer = node.handle({
    method: 'POST',
    path: '/v1/commands',
    query: new URLSearchParams(),
    body: JSON.stringify({ envelope }),
    cookie: null,
  });
  return (answer?.json as { index: number }).index;
}

async function open(anew = true): Promise<void> {
  if (shown) await unmount(shown);
  document.body.innerHTML = '';
  shown = mount(NewKey, { target: document.body, props: { anew } });
  await settle();
}

/** Joins, and signs an objection that cannot be sent. */
async function objectOffline(): Promise<void> {
  propose(await join());
  await open();
  await shows('A delegate has proposed');
  wire.down = /commands/;
  await press('Object: I still have my key');
  await press('Sign my objection');
  await shows('signed, but not sent yet');
}

const times = (what: string): number => wire.asked.filter((one) => one === what).length;
const asks = async (count: number): Promise<void> => {
  await vi.waitFor(() => expect(times('GET /v1/proposals')).toBe(count), WAIT);
};
const objections = (): number => node.log.entries.filter(({ header }) => header.includes('"object_reenrolment"')).length;

beforeEach(async () => {
  node = new MockNode();
  wire = wireTo(node);
  await startSession();
});

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
  wire.down = null;
  await signOut();
  await setLocale('en');
  vi.unstubAllGlobals();
});

describe('a proposal to give a member a new key', () => {
  it('is shown to that member alone', async () => {
    const first = await join();
    propose(first);
    await join();
    await open();
    await asks(1);
    await settle();
    expect(text()).toBe('');
  });

  it('says what, since when and until when, and the key only under details', async () => {
    const member = await join();
    const proposal = propose(member);
    await open();
    await shows('A delegate has proposed a new key for you');
    await vi.waitFor(() => expect(document.querySelectorAll('dt')).toHaveLength(2), WAIT);
    expect([...document.querySelectorAll('dt')].map((one) => one.textContent)).toEqual(['Proposed', 'Object until']);
    const key = base64(new TestKey(90).key);
    expect(document.querySelector('details')?.textContent).toContain(`Entry ${proposal} of the ledger, by delegate 0. New key: ${key}`);
    document.querySelector('details')?.remove();
    expect(text()).not.toContain(key);
    await setLocale('sw');
    await tick();
    expect(text()).toContain('Mjumbe amependekeza ufunguo mpya');
  });

  it('ends by an objection that is signed only after it was confirmed', async () => {
    const member = await join();
    propose(member);
    const newest = propose(member, 91);
    await open();
    await shows('2 proposals stand');
    await press('Object: I still have my key');
    await settle();
    expect(objections()).toBe(0);
    await press('Not now');
    await settle();
    expect(objections()).toBe(0);
    await press('Object: I still have my key');
    await press('Sign my objection');
    button('Sign my objection')?.click();
    await shows('Your objection is recorded');
    expect(objections()).toBe(1);
    const last = node.log.entries.at(-1);
    const part = JSON.parse(last?.parts.find(({ role }) => role === 'member')?.bytes ?? '{}') as { evidence: { payload: string } };
    const signed = JSON.parse(atob(part.evidence.payload)) as Record<string, unknown>;
    expect(signed).toMatchObject({ actor: `m:${member}`, kind: 'object_reenrolment', args: { proposal: newest } });
    await open();
    expect(text()).toBe('');
  });

  it('is asked for once in a sign-in, and at every visit where it is asked anew', async () => {
    await join();
    await open(false);
    await open(false);
    await asks(1);
    await open(true);
    await asks(2);
    await open(true);
    await asks(3);
    expect(wire.asked.filter((one) => one.startsWith('GET /v1/entries'))).toEqual([]);
  });

  it('is asked for once by two pages that are opened one right after the other', async () => {
    await join();
    await Promise.all([askForNewKey(false), askForNewKey(false)]);
    expect(times('GET /v1/proposals')).toBe(1);
  });

  it('is asked for again when it could not be read', async () => {
    const member = await join();
    propose(member);
    wire.down = /proposals/;
    await open(false);
    await asks(1);
    await settle();
    expect(text()).toBe('');
    wire.down = null;
    await open(false);
    await shows('A delegate has proposed');
  });

  it('is not objected to twice when the connection was gone for a while', async () => {
    await objectOffline();
    await vi.waitFor(() => expect(session.waiting).toBe(1), WAIT);
    expect(button('Object: I still have my key')).toBeUndefined();
    await open();
    await shows('signed, but not sent yet');
    wire.down = null;
    await resend();
    await shows('No proposal about your keys stands any more');
    expect(objections()).toBe(1);
  });

  it('whose objection waits on this device gets it when the page is opened again', async () => {
    await objectOffline();
    wire.down = null;
    await open(false);
    await vi.waitFor(() => expect(objections()).toBe(1), WAIT);
    await vi.waitFor(() => expect(session.waiting).toBe(0), WAIT);
    await vi.waitFor(() => expect(text()).not.toContain('signed, but not sent yet'), WAIT);
  });

  it('that is over meanwhile says so and goes', async () => {
    const member = await join();
    const proposal = propose(member);
    await open();
    await shows('A delegate has proposed');
    const { identity } = session;
    if (!identity) throw new Error('nobody is signed in');
    const { key, log, party } = identity;
    await sendCommand(key, { actor: party, kind: 'object_reenrolment', args: { proposal }, log });
    await press('Object: I still have my key');
    await press('Sign my objection');
    await shows('This proposal is over already.');
    expect(text()).not.toContain('A delegate has proposed');
    expect(objections()).toBe(1);
  });
});
