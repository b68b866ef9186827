import { api } from '../api/client.ts';
import type { Problem } from '../api/request.ts';
import type { Terms } from '../api/types.ts';
import { base64, utf8 } from '../verify/bytes.ts';
import { parseCanonical } from '../verify/canonical.ts';
import { tagged } from '../verify/hash.ts';

export interface ReadTerms {
  terms: Terms;
  /** Computed here from the words that are shown; this is what the member signs. */
  hash: string;
}

/** Fetches the words of a batch and hashes exactly what was received. */
export async function readTerms(
  batch: number,
): Promise<{ ok: true; value: ReadTerms } | { ok: false; problem: Problem }> {
  const answer = await api.terms(batch);
  if (!answer.ok) return answer;
  const text = answer.value;
  if (parseCanonical(text) === undefined) return { ok: false, problem: notCanonical() };
  const hash = base64(tagged('terms', utf8(text)));
  return { ok: true, value: { terms: JSON.parse(text) as Terms, hash } };
}

function notCanonical(): Problem {
  return { code: 'terms_not_canonical', status: 0, title: '', detail: '', retry: 'later' };
}
