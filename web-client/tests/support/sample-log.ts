import { base64, type Envelope, type HeldPromise, type JsonObject } from '../../src/lib/verify/index.ts';
import { command, LogMaker, TestKey, type MadeClose, type Slip } from './log-maker.ts';

export interface Sample {
  log: LogMaker;
  /** An entry between the closes that has no line in the payslip. */
  foreign: number;
  first: MadeClose;
  second: MadeClose;
  /** Payslip of member 1 for period 2: a key added, a task signed, paid and sent. */
  slip: Slip;
  /** Payslip of member 1 for period 1: starts at registration. */
  firstSlip: Slip;
  promises: HeldPromise[];
}

const device = new TestKey(50);
const phone = new TestKey(51);

/** Two members, two closes, and every kind of line that a payslip can hold. */
export function sampleLog(): Sample {
  const log = new LogMaker();
  log.append('genesis', [], [['coop', { by: 'd:0', events: [] }]]);
  log.member('enrol_member', 0, [], enrol(new TestKey(40)));
  const enrolled = log.member('enrol_member', 1, [], enrol(device));
  const paid = pay(log, 0, 700);
  const first = log.close(1, -1, [position(log, 0, 1, '0', [device]), position(log, 1, 1, '700')]);
  const key = base64(phone.key);
  const keys = [base64(device.key), key].sort();
  const added = log.member('add_key', 1, [], {
    evidence: asJson(command(device, 'm:1', 'add_key', { key, role: 'device' })),
    keys,
  });
  const submitted = log.member('submit', 1, [], {
    answers: [],
    evidence: asJson(command(phone, 'm:1', 'submit', { batch: 7, terms: '', answers: [] })),
  });
  const accepted = pay(log, 1, 300);
  const sent = log.member(
    'payout_chunk',
    1,
    [['in_transit', 'KES', '-1000'], ['payable', 'KES', '1000']],
    {
      lines: [
        { account: 'payable', amount: '-1000', currency: 'KES', what: 'payout' },
        { account: 'in_transit', amount: '1000', currency: 'KES', what: 'payout' },
      ],
    },
  );
  const foreign = log.append('confirm_clock', [], [['coop', { by: 'd:0', events: [] }]]);
  const second = log.close(2, first.index, [
    position(log, 0, 2, '0'),
    position(log, 1, 2, '0', [device, phone], '1000'),
  ]);
  log.append('confirm_clock', [], [['coop', { by: 'd:0', events: [] }]]);
  return {
    log,
    foreign,
    first,
    second,
    slip: log.payslip(1, first, second, [added, submitted, accepted, sent]),
    firstSlip: log.payslip(1, null, first, [enrolled, paid]),
    promises: [log.promise(added), log.promise(submitted)],
  };
}

function enrol(key: TestKey): JsonObject {
  const args = { key: base64(key.key), languages: ['en', 'sw'] };
  return {
    evidence: asJson(command(key, 'new', 'enrol_member', args)),
    keys: [base64(key.key)],
  };
}

function pay(log: LogMaker, task: number, amount: number): number {
  return log.member(
    'accept',
    1,
    [['hold', 'KES', String(amount)], ['payable', 'KES', String(-amount)]],
    {
      lines: [
        { account: 'payable', amount: `${amount}`, batch: 7, currency: 'KES', task, what: 'wage' },
      ],
    },
  );
}

function position(
  log: LogMaker,
  member: number,
  period: number,
  payable: string,
  keys: TestKey[] = [device],
  transit = '0',
): JsonObject {
  const { counter, head } = log.chain(member);
  return {
    balances: [['in_transit', 'KES', transit], ['payable', 'KES', payable]],
    counter,
    head: base64(head),
    keys: keys.map(({ key }) => base64(key)).sort(),
    member,
    period,
  };
}

function asJson(envelope: Envelope): JsonObject {
  return JSON.parse(JSON.stringify(envelope)) as JsonObject;
}
