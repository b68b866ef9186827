import type { Answered } from '../api/types.ts';
import type { Result } from '../api/request.ts';
import type { Identity } from '../keys/identity.ts';
import { base64, utf8 } from '../verify/bytes.ts';
import { commit } from '../verify/hash.ts';
import { sendCommand } from './commands.ts';

export interface Answer {
  value: string;
  note?: string;
}

export interface TaskAnswer {
  task: number;
  answer: Answer;
  /** Of a task that has a price of its own: it is signed with the answer. */
  price?: number | undefined;
}

const TYPE = 'application/json';

/**
 * One signature for the whole bundle. The signed command holds a salted hash of each answer;
 * the answers travel beside it, so that a short answer cannot be guessed from what is public.
 */
export async function submitAnswers(
  identity: Identity,
  batch: number,
  terms: string,
  answers: readonly TaskAnswer[],
): Promise<Result<Answered>> {
  const prepared = [...answers]
    .sort((a, b) => a.task - b.task)
    .map(({ task, answer, price }) => {
      const { value, note } = answer;
      const bytes = utf8(JSON.stringify(note === undefined ? { value } : { value, note }));
      const salt = crypto.getRandomValues(new Uint8Array(32));
      return { task, bytes, salt, hash: base64(commit(salt, bytes)), price };
    });
  return sendCommand(identity.key, {
    actor: identity.party,
    kind: 'submit',
    args: {
      answers: prepared.map(({ task, bytes, hash, price }) => ({
        hash,
        length: bytes.length,
        ...(price === undefined ? {} : { price_micros: price }),
        task,
        type: TYPE,
      })),
      batch,
      terms,
    },
    log: identity.log,
    attachments: {
      answers: prepared.map(({ task, bytes, salt }) => ({
        task,
        salt: base64(salt),
        content: base64(bytes),
      })),
    },
  });
}
