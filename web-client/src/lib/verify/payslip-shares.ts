import { base64Decode, concat, u64, utf8, type Bytes } from './bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { tagged } from './hash.ts';
import { inclusionHolds, leafHash } from './merkle.ts';
import type { Line, Payslip } from './payslip-file.ts';
import type { CommitAmount } from './pedersen.ts';
import { readSeal } from './share-list.ts';
import { failed, type Failed } from './verdict.ts';

/** A line of a share with what opens its place in the list. */
interface ShareLine {
  index: number;
  distribution: number;
  position: number;
  amount: bigint;
  blind: Bytes;
  currency: string;
}

/** Each line of a share stands in the list that its distribution committed to. */
export function checkShares(
  slip: Payslip,
  { size, root }: Checkpoint,
  commitAmount: CommitAmount | null,
): Failed | null {
  const lines = shareLines(slip);
  if (lines?.length !== slip.shares.length) return failed('shares_differ');
  if (new Set(lines.map((line) => line.distribution)).size !== lines.length) {
    return failed('shares_differ', 'one distribution twice');
  }
  for (const [i, line] of lines.entries()) {
    const share = slip.shares[i];
    if (!share || !commitAmount) throw new Error('shares cannot be checked here');
    const leaf = leafHash(utf8(share.headerText));
    if (!inclusionHolds(leaf, BigInt(share.index), size, share.proof, root)) {
      return failed('seal_not_included', `${share.index}`);
    }
    const seal = readSeal(share.header, share.coop);
    const between = line.index < share.index && share.index < slip.closing.index;
    if (!between || seal?.distribution !== line.distribution || seal.currency !== line.currency) {
      return failed('seal_not_a_seal', `${share.index}`);
    }
    const id = tagged(
      'share',
      concat(line.blind, u64(BigInt(line.distribution)), u64(BigInt(slip.member))),
    );
    const commitment = line.amount <= seal.pool ? commitAmount(line.amount, line.blind) : undefined;
    const holds =
      commitment !== undefined &&
      inclusionHolds(
        leafHash(concat(id, commitment)),
        BigInt(line.position),
        BigInt(seal.count),
        share.list,
        seal.root,
      );
    if (!holds) return failed('share_not_committed', `${line.index}`);
  }
  return null;
}

function shareLines(slip: Payslip): ShareLine[] | undefined {
  const lines: ShareLine[] = [];
  for (const { content, index } of slip.entries) {
    for (const line of content.lines) {
      if (line.what !== 'share') continue;
      const share = readShareLine(line, index);
      if (!share) return undefined;
      lines.push(share);
    }
  }
  return lines;
}

function readShareLine(line: Line, index: number): ShareLine | undefined {
  const { distribution, position, currency } = line;
  const blind = line.blind === undefined ? null : base64Decode(line.blind);
  const amount = BigInt(line.amount);
  if (distribution === undefined || position === undefined || !blind || amount < 0n) {
    return undefined;
  }
  return { index, distribution, position, amount, blind, currency };
}
