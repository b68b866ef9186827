import { OWN_COLUMNS } from './own-terms.ts';
import type { Table } from './table.ts';

export interface Guess {
  id: string | null;
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
  const id = table.columns.find((name) => ID_NAMES.test(name) && isUnique(table, name)) ?? null;
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
    fields: fields.length > 0 ? fields : rest.slice(0, 1),
    choices: choices.length >= 2 && choices.length <= CHOICES_MAX ? choices : [],
  };
}

function isUnique(table: Table, name: string): boolean {
  const values = table.rows.map((row) => row[name] ?? '');
  return !values.includes('') && new Set(values).size === values.length;
}

function distinct(table: Table, name: string): string[] {
  return [...new Set(table.rows.map((row) => (row[name] ?? '').trim()))].filter(Boolean).sort();
}

/**
 * The rows as JSON lines with an external id each, and only the columns that workers see or that are
 * terms of the item. Without a
 * column of ids the rows are numbered after the name of the job: an id is used once by a requester.
 */
export function toJsonLines(table: Table, id: string | null, fields: readonly string[], job: string): string {
  const lines = table.rows.map((row, i) => {
    const shown = [...fields, ...OWN_COLUMNS.filter((name) => (row[name] ?? '') !== '')];
    const content = Object.fromEntries(shown.map((name) => [name, row[name] ?? '']));
    return JSON.stringify({ id: id === null ? `${job}-${i + 1}` : (row[id] ?? ''), ...content });
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
