import { randomBytes } from 'node:crypto';
import {
  base64,
  concat,
  encodeCanonical,
  utf8,
  type Bytes,
  type Json,
  type JsonObject,
} from '../../../src/lib/verify/index.ts';
import { LogMaker, LOG, ORIGIN, policyText, PROMISE, type MadeClose } from '../log-maker.ts';
import { inclusionProof, treeRoot } from '../merkle-prover.ts';
import { announce, type Ask, type Reply } from './server.ts';
import { Market } from './market.ts';

/** An in-memory stand-in for the node, for work on single pages. Never shipped. */
export class MockNode {
  readonly log = new LogMaker(Date.now() - 3_600_000);
  readonly market = new Market(this.log);
  private readonly sessions = new Map<string, string>();
  private readonly hints = new Map<string, string>();
  private readonly closes: MadeClose[] = [];

  constructor() {
    this.log.onAppend = announce;
    this.log.append('genesis', [], [['coop', { by: 'd:0', events: [] }]]);
  }

  handle = (ask: Ask): Reply | null => {
    const party = ask.cookie === null ? null : (this.sessions.get(ask.cookie) ?? null);
    if (ask.path === '/policy') return { text: policyText() };
    if (ask.path.startsWith('/log/')) return this.tile(ask.path.slice(5));
    if (!ask.path.startsWith('/v1/')) return null;
    return this.open(ask) ?? this.session(ask, party) ?? this.private(ask, party);
  };

  closePeriod(): void {
    const positions = [...new Set(this.market.members.values())].map((member) => ({
      ...this.market.standing(member),
      member,
      period: this.closes.length + 1,
    }));
    const previous = this.closes.at(-1)?.index ?? -1;
    this.closes.push(this.log.close(this.closes.length + 1, previous, positions));
  }

  private open(ask: Ask): Reply | null {
    const { entries } = this.log;
    if (ask.path === '/v1/ledger') return { json: this.ledger() };
    if (ask.path === '/v1/taxonomy') return { json: { format: 'handprint/taxonomy/v1', domains: [{ id: 'text', label: { en: 'Text' } }], levels: [] } };
    if (ask.path === '/v1/rules') return { json: { rules: [{ name: 'fee_bps', value: 1000 }, { name: 'floor_minor_per_hour/KES', value: 30_000 }] } };
    if (ask.path === '/v1/demo') return { json: { demo: true } };
    if (ask.path !== '/v1/entries') return null;
    const from = Number(ask.query.get('from'));
    const page = entries.slice(from, from + Number(ask.query.get('limit')));
    return {
      json: { entries: page.map(({ header }, i) => ({ index: from + i, header })), size: entries.length },
    };
  }

  private ledger(): unknown {
    const size = this.log.entries.length;
    return {
      log: ORIGIN,
      size,
      root: base64(treeRoot(this.log.leaves())),
      checkpoint: this.log.checkpoint(),
      log_vkey: LOG.noteKey(ORIGIN, 1).vkey,
      policy: policyText(),
      witnesses: ['w0', 'w1', 'w2'].map((name) => ({ name, time: Date.now() - 9000 })),
      published: Date.now() - 10_000,
      promise_key: base64(PROMISE.key),
      sums: this.market.sums(),
    };
  }

  private tile(path: string): Reply {
    if (path === 'checkpoint') return { text: this.log.checkpoint() };
    const match = /^tile\/(0|entries)\/(\d{3})(?:\.p\/(\d+))?$/.exec(path);
    if (!match) return { status: 404, json: {} };
    const first = Number(match[2]) * 256;
    const slice = this.log.entries.slice(first, first + Number(match[3] ?? 256));
    if (match[1] === '0') return { bytes: concat(...slice.map(({ leaf }) => leaf)) };
    return { bytes: concat(...slice.map(({ header }) => withLength(utf8(header)))) };
  }

  private session(ask: Ask, party: string | null): Reply | null {
    const body = /sessions|commands/.test(ask.path) && ask.body !== '' ? parse(ask.body) : {};
    if (ask.path === '/v1/sessions/challenge') {
      return { json: { challenge: base64(randomBytes(32)), expires: Date.now() + 60_000 } };
    }
    if (ask.path === '/v1/sessions' && ask.method === 'POST') return this.enter(body);
    if (ask.path === '/v1/sessions') return { json: {}, cookie: 'none' };
    if (ask.path === '/v1/commands') return this.command(body);
    if (party === null) return { status: 401, json: { code: 'unauthorized', title: 'Sign in', retry: 'fresh' } };
    if (ask.path === '/v1/session') return { json: this.market.sessionInfo(party, this.hints.get(ask.cookie ?? '') ?? '') };
    return null;
  }

  private enter(body: JsonObject): Reply {
    const envelope = body['envelope'] as JsonObject;
    const [signature] = envelope['signatures'] as JsonObject[];
    const party = this.market.partyOfHint(String(signature?.['keyid']));
    if (party === undefined) return { status: 403, json: { code: 'unknown_key', title: 'Unknown key', retry: 'never' } };
    const cookie = randomBytes(16).toString('hex');
    this.sessions.set(cookie, party);
    this.hints.set(cookie, String(signature?.['keyid']));
    return { json: { party }, cookie };
  }

  private command(body: JsonObject): Reply {
    const envelope = body['envelope'] as JsonObject;
    const command = parse(Buffer.from(String(envelope['payload']), 'base64').toString());
    const done = this.market.run(command, envelope, (body['attachments'] ?? {}) as JsonObject);
    if ('code' in done) return { status: 409, json: done };
    const { index, result } = done;
    const { leaf } = this.log.entry(index);
    const seq = this.log.entries.length;
    return { json: { index, leaf: base64(leaf), promise: this.log.promise(index), result }, seq };
  }

  private private(ask: Ask, party: string | null): Reply | null {
    if (party === null) return null;
    const receipt = /^\/v1\/receipts\/(\d+)$/.exec(ask.path);
    if (receipt) return { text: this.receipt(Number(receipt[1]), Number(party.slice(2))) };
    const slip = /^\/v1\/me\/payslips\/(\d+)$/.exec(ask.path);
    if (slip) return { text: JSON.stringify(this.payslip(Number(party.slice(2)), Number(slip[1]))) };
    if (ask.path === '/v1/me/payslips') {
      const payslips = this.closes.map(({ index }, i) => ({
        period: i + 1,
        time: this.log.times[index],
        index,
        amounts: this.market.balances(Number(party.slice(2))),
      }));
      return { json: { payslips: payslips.reverse() } };
    }
    return this.market.handle(ask, party);
  }

  private payslip(member: number, period: number): unknown {
    const closing = this.closes[period - 1];
    const opening = this.closes[period - 2] ?? null;
    if (!closing) return {};
    const indexes = this.market
      .entriesOf(member)
      .filter((index) => index > (opening?.index ?? -1) && index < closing.index);
    return this.log.payslip(member, opening, closing, indexes);
  }

  private receipt(index: number, member: number): string {
    const { header, parts } = this.log.entry(index);
    const number = parts.findIndex(({ role, bytes }) => role === 'member' && bytes.includes(`"member":${member}`));
    const part = parts[number];
    const opened: Json[] = part ? [{ bytes: part.bytes, number, salt: base64(part.salt) }] : [];
    const extra = base64(utf8(encodeCanonical({ header, parts: opened })));
    const proof = inclusionProof(this.log.leaves(), index).map((hash) => `${base64(hash)}\n`);
    return `c2sp.org/tlog-proof@v1\nextra ${extra}\nindex ${index}\n${proof.join('')}\n${this.log.checkpoint()}`;
  }
}

function withLength(bytes: Bytes): Bytes {
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes);
}

function parse(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
