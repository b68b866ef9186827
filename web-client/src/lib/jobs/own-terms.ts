import type { Offer, OwnTerms } from '../api/types.ts';

/** Columns of a file that say what one item has of its own, in place of the batch's. */
export const OWN_COLUMNS = ['price_micros', 'overlap', 'expires_at'] as const;

type Row = Readonly<Record<string, string>>;

/** What a row says in such a column; empty where it says nothing. */
export const ownValue = (row: Row, column: (typeof OWN_COLUMNS)[number]): string => (row[column] ?? '').trim();

/** Names an offer among those of its batch. */
export function offerKey({ batch, own_terms }: Pick<Offer, 'batch' | 'own_terms'>): string {
  return [batch, own_terms?.price_micros, own_terms?.expires_at].join(' ');
}

/** The page of an offer: it shows the price that the tasks of that offer have. */
export function offerLink({ batch, own_terms }: Offer): string {
  const query = new URLSearchParams();
  if (own_terms?.price_micros !== undefined) query.set('price', String(own_terms.price_micros));
  if (own_terms?.expires_at !== undefined) query.set('until', String(own_terms.expires_at));
  return query.size === 0 ? `/work/${batch}` : `/work/${batch}?${query}`;
}

export function fromLink(price: string | null, until: string | null): OwnTerms {
  const own: OwnTerms = {};
  if (isNumber(price)) own.price_micros = Number(price);
  if (isNumber(until)) own.expires_at = Number(until);
  return own;
}

/** Wages of all answers, in micros: each item at its own price, if it has one. */
export function labourMicros(rows: readonly Row[], price: number, overlap: number): bigint {
  const own = (text: string, otherwise: number): bigint => BigInt(isNumber(text) ? text : otherwise);
  return rows.reduce(
    (sum, row) => sum + own(ownValue(row, 'price_micros'), price) * own(ownValue(row, 'overlap'), overlap),
    0n,
  );
}

/** The lowest and the highest price of an item, in micros. */
export function priceRange(rows: readonly Row[], price: number): { least: number; most: number } {
  const prices = rows.map((row) => {
    const own = ownValue(row, 'price_micros');
    return isNumber(own) ? Number(own) : price;
  });
  return {
    least: prices.reduce((a, b) => Math.min(a, b), prices[0] ?? price),
    most: prices.reduce((a, b) => Math.max(a, b), prices[0] ?? price),
  };
}

export function isNumber(text: string | null): text is string {
  return text !== null && /^[1-9][0-9]{0,15}$/.test(text);
}
