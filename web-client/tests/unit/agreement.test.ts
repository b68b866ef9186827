import { describe, expect, it } from 'vitest';
import type { Submission } from '../../src/lib/api/types.ts';
import { byDisagreement, votesOf } from '../../src/lib/jobs/agreement.ts';

function answer(task: number, value: string | null, member: number): Submission {
  const of = { task, member, external: `r${task}`, content: { text: `Text ${task}` }, answer: value === null ? null : { value } };
  return { ...of, submitted: 0, due: 0, state: 'submitted', price_micros: 1, index: 1 } as unknown as Submission;
}

const THREE = [answer(0, 'good', 1), answer(0, 'bad', 2), answer(0, 'bad', 3), answer(1, 'good', 1), answer(1, 'good', 2), answer(2, 'bad', 1)];

describe('agreement', () => {
  it('counts the answers to each item that has more than one, the most frequent first', () => {
    expect(votesOf(THREE, false).map(({ external, votes, agreed }) => [external, votes, agreed])).toEqual([
      ['r0', [['bad', 2], ['good', 1]], false],
      ['r1', [['good', 2]], true],
    ]);
  });

  it('leaves the last item out while it may have more answers than were read', () => {
    expect(votesOf(THREE.slice(0, 5), true).map(({ external }) => external)).toEqual(['r0']);
    expect(votesOf(THREE.slice(0, 5), false).map(({ external }) => external)).toEqual(['r0', 'r1']);
  });

  it('does not count what was erased', () => {
    expect(votesOf([answer(0, 'good', 1), answer(0, null, 2)], false)).toEqual([]);
  });

  it('shows first where members differ', () => {
    const items = votesOf([...THREE.slice(3, 5), answer(3, 'good', 1), answer(3, 'bad', 2)], false);
    expect(byDisagreement(items).map(({ external }) => external)).toEqual(['r3', 'r1']);
  });
});
