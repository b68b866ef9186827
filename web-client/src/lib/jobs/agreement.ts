import type { Submission } from '../api/types.ts';

/** What several members said of one item. */
export interface ItemVotes {
  task: number;
  external: string;
  content: Submission['content'];
  /** How many gave each answer, the most frequent first. */
  votes: readonly (readonly [value: string, count: number])[];
  answers: number;
  agreed: boolean;
}

/**
 * The items that have more than one answer, out of answers in the order of their tasks. When there are more
 * answers than were read (`hasMore`), the last item may have others, so it is left out.
 */
export function votesOf(answers: readonly Submission[], hasMore: boolean): ItemVotes[] {
  const last = hasMore ? answers.at(-1)?.task : undefined;
  const items = new Map<number, { of: Submission; counts: Map<string, number> }>();
  for (const one of answers) {
    // An answer that was erased says nothing any more.
    if (!one.answer || one.task === last) continue;
    const item = items.get(one.task) ?? { of: one, counts: new Map<string, number>() };
    item.counts.set(one.answer.value, (item.counts.get(one.answer.value) ?? 0) + 1);
    items.set(one.task, item);
  }
  return [...items.values()]
    .map(({ of: { task, external, content }, counts }) => {
      const votes = [...counts].sort((a, b) => b[1] - a[1]);
      return { task, external, content, votes, answers: votes.reduce((sum, [, n]) => sum + n, 0), agreed: counts.size === 1 };
    })
    .filter((item) => item.answers > 1);
}

/** Those on which members differ come first: they are what one looks for. */
export function byDisagreement(items: readonly ItemVotes[]): ItemVotes[] {
  return [...items].sort((a, b) => Number(a.agreed) - Number(b.agreed) || a.task - b.task);
}
