import { utf8, type Bytes } from './bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { onlyEvent } from './coop-event.ts';
import { commit } from './hash.ts';
import { inclusionHolds, leafHash } from './merkle.ts';
import type { Close, Standing } from './payslip-file.ts';
import { asCount, asHash, asInteger, asOrdinal, readAll } from './read.ts';
import { failed, type Failed } from './verdict.ts';

export interface CheckedClose {
  period: number;
  previous: number;
  count: number;
  /** Their keys, by ordinal. */
  delegates: readonly Bytes[];
  promiseKey: Bytes;
  position: Standing | null;
}

/** Before enrolment: counter 0, the zero head, no keys, no balances. */
export function emptyPosition(member: number): Standing {
  return { counter: 0, member, period: 0, head: new Uint8Array(32), keys: [], balances: [] };
}

/** The three checks that a closing and an opening share; `which` begins the reason. */
export function checkClose(
  close: Close,
  member: number,
  checkpoint: Checkpoint,
  which: 'closing' | 'opening',
): CheckedClose | Failed {
  const leaf = leafHash(utf8(close.headerText));
  const { size, root } = checkpoint;
  if (!inclusionHolds(leaf, BigInt(close.index), size, close.proof, root)) {
    return failed(`${which}_not_included`);
  }
  const event = readPeriodClosed(close);
  if (!event) return failed(`${which}_not_a_close`);
  const { listRoot, ...closed } = event;
  if (close.position === null) return { ...closed, position: null };
  const { bytes, salt, proof, standing } = close.position;
  const listLeaf = leafHash(commit(salt, utf8(bytes)));
  if (!inclusionHolds(listLeaf, BigInt(member), BigInt(closed.count), proof, listRoot)) {
    return failed(`${which}_position_wrong`);
  }
  if (standing.member !== member || standing.period !== closed.period) {
    return failed(`${which}_position_wrong`);
  }
  return { ...closed, position: standing };
}

const PERIOD_CLOSED = {
  kind: 'close_period',
  type: 'period_closed',
  keys: ['count', 'delegates', 'period', 'previous', 'promise_key', 'root', 'type'],
};

interface PeriodClosed extends Omit<CheckedClose, 'position'> {
  listRoot: Bytes;
}

function readPeriodClosed(close: Close): PeriodClosed | undefined {
  const event = onlyEvent(close.header, close.coop, PERIOD_CLOSED);
  if (!event) return undefined;
  const period = asOrdinal(event['period']);
  const previous = asInteger(event['previous']);
  const count = asCount(event['count']);
  const listRoot = asHash(event['root']);
  const promiseKey = asHash(event['promise_key']);
  const delegates = readAll(event['delegates'], asHash);
  if (period === undefined || previous === undefined || previous < -1) return undefined;
  if (count === undefined || !listRoot || !promiseKey || !delegates) return undefined;
  return { period, previous, count, listRoot, promiseKey, delegates };
}
