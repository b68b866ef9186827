import {
  base64,
  base64Decode,
  encodeCanonical,
  keyId,
  tagged,
  utf8,
  type JsonObject,
} from '../../../src/lib/verify/index.ts';
import type { LogMaker } from '../log-maker.ts';
import type { Ask, Reply } from './server.ts';

interface MockBatch {
  batch: number;
  state: string;
  title: string;
  terms: string;
  numbers: JsonObject;
  tasks: { id: string; content: JsonObject }[];
  taken: Map<number, number>;
  submitted: Map<number, { member: number; answer: JsonObject; index: number; due: number }>;
  accepted: Set<number>;
}

const DAY_MS = 86_400_000;
const REENROLMENT_WAIT_MS = 3 * DAY_MS;

interface Outcome {
  index: number;
  result: JsonObject;
}

interface Refused {
  code: string;
  title: string;
  retry: string;
}

/** Just enough of a marketplace to click through every page. */
export class Market {
  readonly members = new Map<string, number>();
  private readonly recovery = new Set<string>();
  private readonly requesters = new Map<string, number>();
  private readonly keys = new Map<number, string[]>();
  private readonly owed = new Map<number, bigint>();
  private readonly lines: JsonObject[] = [];
  private readonly touched = new Map<number, number[]>();
  private readonly batches: MockBatch[] = [];
  private readonly apiKeys: Record<string, unknown>[] = [];
  private grants: { grant: number; by: string; shown: Record<string, unknown> }[] = [];
  private readonly proposals: { proposal: number; act: string; delegate: number; from: number; party: string; key: string }[] = [];
  private escrow = 0n;
  private bank = 0n;
  private held = 0n;

  constructor(private readonly log: LogMaker) {}

  run(command: JsonObject, envelope: JsonObject, attachments: JsonObject): Outcome | Refused {
    const args = command['args'] as JsonObject;
    const kind = String(command['kind']);
    if (kind === 'enrol_member') {
      const member = new Set(this.members.values()).size;
      const keys = [String(args['key']), ...(args['recovery'] ? [String(args['recovery'])] : [])].sort();
      keys.forEach((key) => this.members.set(key, member));
      this.recovery.add(String(args['recovery']));
      this.keys.set(member, keys);
      return { index: this.touch(member, kind, [], { evidence: envelope, keys }), result: { member } };
    }
    if (kind === 'register_requester') {
      const requester = new Set(this.requesters.values()).size;
      this.requesters.set(String(args['key']), requester);
      if (args['recovery'] !== undefined) {
        this.requesters.set(String(args['recovery']), requester);
        this.recovery.add(String(args['recovery']));
      }
      return { index: this.plain(kind), result: { requester } };
    }
    if ((kind === 'add_key' || kind === 'revoke_key') && String(command['actor']).startsWith('r')) {
      const key = String(args['key']);
      if (kind === 'revoke_key') this.requesters.delete(key);
      else this.requesters.set(key, Number(String(command['actor']).slice(2)));
      if (args['role'] === 'recovery') this.recovery.add(key);
      return { index: this.plain(kind), result: {} };
    }
    if (kind === 'add_key') {
      const member = Number(String(command['actor']).slice(2));
      const keys = [...(this.keys.get(member) ?? []), String(args['key'])].sort();
      keys.forEach((key) => this.members.set(key, member));
      this.keys.set(member, keys);
      return { index: this.touch(member, kind, [], { evidence: envelope, keys }), result: {} };
    }
    if (kind === 'propose_reenrolment') return this.propose(Number(args['member']), String(args['key']), envelope);
    if (kind === 'object_reenrolment') return this.object(Number(String(command['actor']).slice(2)), args, envelope);
    if (kind === 'submit') return this.submit(Number(String(command['actor']).slice(2)), args, envelope, attachments);
    const index = this.plain(kind);
    if (kind === 'revoke_grant') this.grants = this.grants.filter(({ grant }) => grant !== args['grant']);
    if (kind !== 'grant') return { index, result: {} };
    const { kinds, cap, currency, expires } = args;
    this.grants.push({ grant: index, by: String(command['actor']), shown: { kinds, batches: [], cap, spent: '0', currency, expires } });
    return { index, result: { grant: index } };
  }

  requesterKeys(): Iterable<string> {
    return this.requesters.keys();
  }

  partyOfHint(hint: string): string | undefined {
    const matches = (key: string): boolean => keyId(base64Decode(key) ?? new Uint8Array()) === hint;
    const member = [...this.members].find(([key]) => matches(key));
    const requester = [...this.requesters].find(([key]) => matches(key));
    return member ? `m:${member[1]}` : requester ? `r:${requester[1]}` : undefined;
  }

  sessionInfo(party: string, hint: string): unknown {
    const map = party.startsWith('m') ? this.members : this.requesters;
    const key = [...map.keys()].find((one) => keyId(base64Decode(one) ?? new Uint8Array()) === hint);
    return { party, key, roles: [party.startsWith('m') ? 'member' : 'requester'], grant: this.grants.filter(({ by }) => by === party).at(-1)?.grant };
  }

  standing(member: number): JsonObject {
    const { counter, head } = this.log.chain(member);
    const balances = [['in_transit', 'KES', '0'], ['payable', 'KES', String(this.owed.get(member) ?? 0n)]];
    return { balances, counter, head: base64(head), keys: this.keys.get(member) ?? [] };
  }

  balances(member: number): unknown[] {
    return [{ class: 'payable', currency: 'KES', amount: String(this.owed.get(member) ?? 0n) }];
  }

  entriesOf(member: number): number[] {
    return this.touched.get(member) ?? [];
  }

  sums(): unknown[] {
    const payable = [...this.owed.values()].reduce((a, b) => a + b, 0n);
    const rows = { bank: this.bank, escrow: -this.escrow, hold: -this.held, payable: -payable };
    return Object.entries(rows).map(([name, amount]) => ({ class: name, currency: 'KES', amount: String(amount) }));
  }

  handle(ask: Ask, party: string): Reply | null {
    const id = Number(party.slice(2));
    return party.startsWith('m') ? this.forMember(ask, id) : this.forRequester(ask, party);
  }

  private forMember(ask: Ask, member: number): Reply | null {
    const claim = /^\/v1\/claims\/(\d+)$/.exec(ask.path);
    if (claim) return this.drop(Number(claim[1]), member);
    const terms = /^\/v1\/batches\/(\d+)\/terms$/.exec(ask.path);
    if (terms) return { text: this.batches[Number(terms[1])]?.terms ?? '' };
    if (ask.path.startsWith('/v1/drafts/')) return { json: {} };
    switch (`${ask.method} ${ask.path}`) {
      case 'GET /v1/tasks/open':
        return { json: { offers: this.batches.filter(({ state }) => state === 'open').map(offer) } };
      case 'POST /v1/claims':
        return this.claim(JSON.parse(ask.body) as { batch: number; count: number }, member);
      case 'GET /v1/claims':
        return { json: { claims: this.batches.map((batch) => claimOf(batch, member)).filter(({ tasks }) => tasks.length > 0) } };
      case 'GET /v1/me':
        return { json: { member, languages: ['en', 'sw'], skills: [], balances: this.balances(member), keys: this.ownKeys(this.keys.get(member) ?? []), counter: this.log.chain(member).counter } };
      case 'GET /v1/keys':
        return { json: { keys: this.ownKeys(this.keys.get(member) ?? []) } };
      case 'GET /v1/proposals':
        return { json: { proposals: this.standingAbout(member) } };
      case 'GET /v1/me/lines':
        return { json: { lines: [...this.lines].filter((line) => line['member'] === member).reverse(), next: null } };
      case 'GET /v1/me/assignments':
        return { json: { assignments: this.assignments(member), next: null } };
      default:
        return null;
    }
  }

  private ownKeys(keys: string[]): unknown[] {
    return keys.map((key) => ({ key, role: this.recovery.has(key) ? 'recovery' : 'device', index: 0, since: this.log.times[0] ?? 0 }));
  }

  private forRequester(ask: Ask, party: string): Reply | null {
    const body = ask.body.startsWith('{') && !ask.path.endsWith('/tasks') ? (JSON.parse(ask.body) as JsonObject) : {};
    const match = /^\/v1\/batches\/(\d+)(?:\/(\w+))?$/.exec(ask.path);
    const batch = this.batches[Number(match?.[1])];
    if (batch) return this.onBatch(batch, match?.[2] ?? '', ask, body);
    if (/^\/v1\/projects\/\d+\/batches$/.test(ask.path)) return this.create(body);
    switch (`${ask.method} ${ask.path}`) {
      case 'GET /v1/keys':
        return { json: { keys: this.ownKeys([...this.requesters].filter(([, one]) => `r:${one}` === party).map(([key]) => key)) } };
      case 'POST /v1/agents':
        return { json: { key: base64(new Uint8Array(32).fill(7)) } };
      case 'POST /v1/projects':
        return { json: { project: 0, index: this.plain('create_project') } };
      case 'GET /v1/projects':
        return { json: { projects: this.batches.length > 0 ? [{ project: 0, external: 'p', title: this.batches[0]?.title, batches: this.batches.map(summary) }] : [] } };
      case 'GET /v1/money':
        return { json: { balances: [{ class: 'escrow', currency: 'KES', amount: String(this.escrow) }] } };
      case 'POST /v1/demo/fund': {
        const amount = BigInt(String(body['amount']));
        this.bank += amount;
        this.escrow += amount;
        this.plain('fund', [['bank', 'KES', String(amount)], ['escrow', 'KES', String(-amount)]]);
        return { json: {} };
      }
      case 'GET /v1/grants': {
        const mine = this.grants.filter(({ by }) => by === party);
        return { json: { grants: mine.map(({ grant, shown }) => ({ grant, ...shown })) } };
      }
      case 'POST /v1/api-keys': {
        const id = `k${this.apiKeys.length}`;
        this.apiKeys.unshift({ id, label: body['label'], grant: body['grant'], created: Date.now() });
        return { json: { api_key: 'hp_mock_key_that_works_nowhere', id } };
      }
      case 'GET /v1/api-keys':
        return { json: { api_keys: this.apiKeys } };
      default: {
        const dropped = this.apiKeys.find(({ id }) => `DELETE /v1/api-keys/${String(id)}` === `${ask.method} ${ask.path}`);
        if (dropped) dropped['revoked'] = Date.now();
        return dropped ? { json: {} } : null;
      }
    }
  }

  private create(body: JsonObject): Reply {
    const { external, ...numbers } = body;
    const terms = encodeCanonical({ ...numbers, project_title: 'Project' });
    const batch: MockBatch = { batch: this.batches.length, state: 'draft', title: String(body['title']), terms, numbers: body, tasks: [], taken: new Map(), submitted: new Map(), accepted: new Set() };
    this.batches.push(batch);
    this.plain('create_batch');
    return { json: { batch: batch.batch } };
  }

  private onBatch(batch: MockBatch, what: string, ask: Ask, body: JsonObject): Reply | null {
    const price = BigInt(Number(batch.numbers['price_micros']));
    const labour = (price * BigInt(batch.tasks.length)) / 10_000n;
    const fee = labour / 10n;
    if (what === 'tasks') {
      for (const line of ask.body.trim().split('\n')) {
        const { id, ...content } = JSON.parse(line) as JsonObject;
        batch.tasks.push({ id: String(id), content });
      }
      return { json: { imported: batch.tasks.length, chunks: 1 } };
    }
    if (what === 'quote') {
      return { json: { tasks: batch.tasks.length, slots: batch.tasks.length, labour: String(labour), fee: String(fee), reserve: '0', total: String(labour + fee), available: String(this.escrow), currency: 'KES', pay_per_hour: '0' } };
    }
    if (what === 'publish') {
      batch.state = 'open';
      this.escrow -= labour + fee;
      this.held += labour + fee;
      this.plain('publish', [['escrow', 'KES', String(labour + fee)], ['hold', 'KES', String(-labour - fee)]]);
      return { json: {} };
    }
    if (what === 'submissions') return { json: { submissions: this.waiting(batch), next: null } };
    if (what === 'results') return { text: `external,task,member,answer,accepted_index,price_micros,note\n` };
    if (what === 'accept') {
      const items = body['all'] === true ? [...batch.submitted.keys()] : (body['items'] as number[][]).map(([task]) => task ?? 0);
      for (const task of items.filter((one) => !batch.accepted.has(one))) this.accept(batch, task, price / 10_000n);
      return { json: { accepted: items.length, entries: [] } };
    }
    return { json: { ...(summary(batch) as object), held: String(this.held) } };
  }

  private accept(batch: MockBatch, task: number, wage: bigint): void {
    const member = batch.submitted.get(task)?.member ?? 0;
    batch.accepted.add(task);
    this.owed.set(member, (this.owed.get(member) ?? 0n) + wage);
    this.held -= wage;
    const line = { account: 'payable', amount: String(wage), batch: batch.batch, currency: 'KES', task, what: 'wage' };
    const sums = [['hold', 'KES', String(wage)], ['payable', 'KES', String(-wage)]];
    const index = this.touch(member, 'accept', sums, { lines: [line] });
    this.lines.push({ ...line, index, time: this.log.times[index] ?? 0, member });
  }

  private waiting(batch: MockBatch): unknown[] {
    return [...batch.submitted]
      .filter(([task]) => !batch.accepted.has(task))
      .map(([task, one]) => ({ task, external: batch.tasks[task]?.id, price_micros: batch.numbers['price_micros'], state: 'submitted', submitted: Date.now(), ...one }));
  }

  private assignments(member: number): unknown[] {
    return this.batches.flatMap((batch) =>
      [...batch.submitted]
        .filter(([, one]) => one.member === member)
        .map(([task, { due }]) => ({ batch: batch.batch, task, title: batch.title, state: batch.accepted.has(task) ? 'accepted' : 'submitted', wage: null, currency: 'KES', submitted: Date.now(), due, decided: null })),
    );
  }

  private claim(wanted: { batch: number; count: number }, member: number): Reply {
    const batch = this.batches[wanted.batch];
    if (!batch) return { status: 404, json: { code: 'no_such_batch', title: 'No such batch', retry: 'never' } };
    const open = claimOf(batch, member);
    if (open.tasks.length > 0) return { json: open };
    batch.tasks.forEach((_task, task) => {
      const mine = [...batch.taken.values()].filter((owner) => owner === member).length;
      if (mine < wanted.count && !batch.taken.has(task) && !batch.submitted.has(task)) batch.taken.set(task, member);
    });
    const claim = claimOf(batch, member);
    if (claim.tasks.length > 0) return { json: claim };
    return { status: 409, json: { code: 'sold_out', title: 'Nothing left', retry: 'fresh' } };
  }

  private drop(id: number, member: number): Reply {
    const batch = this.batches[id];
    for (const [task, owner] of batch?.taken ?? []) if (owner === member) batch?.taken.delete(task);
    return { json: {} };
  }

  private propose(member: number, key: string, envelope: JsonObject): Outcome {
    const proposal = this.touch(member, 'propose_reenrolment', [], { evidence: envelope });
    const from = (this.log.times[proposal] ?? 0) + REENROLMENT_WAIT_MS;
    this.proposals.push({ proposal, act: 'reenrol_member', delegate: 0, from, party: `m:${member}`, key });
    return { index: proposal, result: { proposal, from } };
  }

  private object(member: number, args: JsonObject, envelope: JsonObject): Outcome | Refused {
    const standing = this.standingAbout(member);
    if (!standing.some(({ proposal }) => proposal === args['proposal'])) {
      return { code: 'proposal_over', title: 'The proposal is over', retry: 'fresh' };
    }
    standing.forEach((one) => this.proposals.splice(this.proposals.indexOf(one), 1));
    return { index: this.touch(member, 'object_reenrolment', [], { evidence: envelope }), result: {} };
  }

  private standingAbout(member: number): typeof this.proposals {
    return this.proposals.filter((one) => one.party === `m:${member}`);
  }

  private submit(member: number, args: JsonObject, envelope: JsonObject, attachments: JsonObject): Outcome {
    const batch = this.batches[Number(args['batch'])];
    const index = this.touch(member, 'submit', [], { answers: args['answers'] ?? [], evidence: envelope });
    const due = Date.now() + 3 * DAY_MS;
    for (const one of (attachments['answers'] ?? []) as JsonObject[]) {
      const answer = JSON.parse(Buffer.from(String(one['content']), 'base64').toString()) as JsonObject;
      batch?.submitted.set(Number(one['task']), { member, answer, index, due });
      batch?.taken.delete(Number(one['task']));
    }
    return { index, result: { accepted_by: due } };
  }

  private touch(member: number, kind: string, sums: string[][], extra: JsonObject): number {
    const index = this.log.member(kind, member, sums, extra);
    this.touched.set(member, [...this.entriesOf(member), index]);
    return index;
  }

  private plain(kind: string, sums: string[][] = []): number {
    return this.log.append(kind, sums, [['coop', { by: 'r:0', events: [] }]]);
  }
}

function claimOf(batch: MockBatch, member: number): { batch: number; terms: string; lease_until: number; estimate_s: number; tasks: unknown[] } {
  const tasks = [...batch.taken].filter(([, owner]) => owner === member).map(([task]) => ({ task, content: batch.tasks[task]?.content }));
  return { batch: batch.batch, terms: hash(batch), lease_until: Date.now() + 3_500_000, estimate_s: Number(batch.numbers['estimate_s']), tasks };
}

function summary(batch: MockBatch): unknown {
  const price = BigInt(Number(batch.numbers['price_micros'])) / 10_000n;
  return { batch: batch.batch, title: batch.title, state: batch.state, tasks: batch.tasks.length, overlap: 1, submitted: batch.submitted.size, accepted: batch.accepted.size, paid: String(price * BigInt(batch.accepted.size)), held: '0', fee: '0', waiting_pay: String(price * BigInt(batch.submitted.size - batch.accepted.size)), currency: 'KES' };
}

function offer(batch: MockBatch): unknown {
  const left = batch.tasks.length - batch.submitted.size - batch.taken.size;
  return { ...batch.numbers, batch: batch.batch, kind: 'task', left, pay_per_hour: '0', requester: 'Acme Research', terms: hash(batch), reasons: [{ code: 'new', params: {}, text: '' }] };
}

function hash(batch: MockBatch): string {
  return base64(tagged('terms', utf8(batch.terms)));
}
