import { OWN_COLUMNS, ownValue } from './own-terms.ts';
import type { Table } from './table.ts';

export interface IdFault {
  column: string;
  line: number;
  value: string;
}

export interface Guess {
  id: string | null;
  /** Why a column that looks like one of ids is not used as such: at this line an id is missing or stands again. */
  idFault: IdFault | null;
  /** Columns that a worker is shown. */
  fields: string[];
  /** Values of a column that looks like an answer, for the choices of the question. */
  choices: string[];
}

const ID_NAMES = /^(?:id|_?id|external_?id|item_?id|uuid|key)$/i;
const LABEL_NAMES = /^(?:label|labels|sentiment|category|class|answer|target|rating|choice)$/i;
const CHOICES_MAX = 9;

/** A first guess at what the columns mean; the requester sees it and can change each part. */
export function guess(table: Table): Guess {
  const named = table.columns.filter((name) => ID_NAMES.test(name));
  const id = named.find((name) => idFault(table, name) === null) ?? null;
  const label = table.columns.find((name) => LABEL_NAMES.test(name)) ?? null;
  const choices = label === null ? [] : distinct(table, label);
  const own: readonly string[] = OWN_COLUMNS;
  const rest = table.columns.filter((name) => name !== id && name !== label && !own.includes(name));
  const average = (name: string): number =>
    table.rows.reduce((sum, row) => sum + (row[name]?.length ?? 0), 0) / Math.max(table.rows.length, 1);
  const longest = rest.reduce((best, name) => Math.max(best, average(name)), 0);
  // Columns much shorter than the longest are mostly bookkeeping: dates, sources, numbers.
  const fields = rest.filter((name) => average(name) >= Math.min(longest, 12) && average(name) > longest / 8);
  return {
    id,
    idFault: id === null && named[0] !== undefined ? idFault(table, named[0]) : null,
    fields: fields.length > 0 ? fields : rest.slice(0, 1),
    choices: choices.length >= 2 && choices.length <= CHOICES_MAX ? choices : [],
  };
}

function idFault(table: Table, column: string): IdFault | null {
  const seen = new Set<string>();
  for (const [i, row] of table.rows.entries()) {
    const value = row[column] ?? '';
    if (value === '' || seen.has(value)) return { column, line: table.lines[i] ?? i + 1, value };
    seen.add(value);
  }
  return null;
}

function distinct(table: Table, name: string): string[] {
  return [...new Set(table.rows.map((row) => (row[name] ?? '').trim()))].filter(Boolean).sort();
}

/**
 * The rows as JSON lines with an external id each, and only the columns that workers see or that are
 * terms of the item. Without a
 * column of ids the rows are numbered after the name of the job: an id is used once by a requester.
 */
export function toJsonLines(table: Table, id: string | null, fields: readonly string[], job: string, end = ''): string {
  const lines = table.rows.map((row, i) => {
    const shown = fields.map((name) => [name, row[name] ?? '']);
    const own = OWN_COLUMNS.map((name) => [name, ownValue(row, name)]).filter(([, value]) => value !== '');
    return JSON.stringify({ id: `${id === null ? `${job}-${i + 1}` : (row[id] ?? '')}${end}`, ...Object.fromEntries([...shown, ...own]) });
  });
  return `${lines.join('\n')}\n`;
}

/** A value fit for an answer: lower-case ASCII words, so that exports stay easy to read. */
export function choiceValue(label: string): string {
  const plain = label.normalize('NFKD').replace(/[^\p{ASCII}]/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || label;
}

/** How long one item takes, as a starting point: reading at 200 words a minute, then choosing. */
export function estimateSeconds(table: Table, fields: readonly string[]): number {
  const sample = table.rows.slice(0, 200);
  const words = sample.reduce(
    (sum, row) => sum + fields.reduce((n, name) => n + (row[name] ?? '').split(/\s+/).length, 0),
    0,
  );
  const perRow = words / Math.max(sample.length, 1);
  return Math.max(5, Math.round((perRow * 60) / 200 + 4));
}
