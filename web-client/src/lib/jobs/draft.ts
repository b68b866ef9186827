import type { Choice } from '../api/types.ts';
import { choiceValue, estimateSeconds, guess, type IdFault } from './guess.ts';
import type { Table } from './table.ts';

/** A job as the requester describes it, before anything is sent. */
export interface JobDraft {
  table: Table;
  id: string | null;
  idFault: IdFault | null;
  fields: string[];
  title: string;
  instructions: string;
  question: string;
  choices: Choice[];
  language: string;
  domain: string;
  /** Skill that is asked for; 0 is open to everyone. */
  level: number;
  price: string;
  currency: string;
  estimate: number;
  overlap: number;
  hazard: number;
}

export function draftFrom(table: Table, fileName: string, question: string, labels: string[]): JobDraft {
  const { id, idFault, fields, choices } = guess(table);
  const used = choices.length > 0 ? choices : labels;
  return {
    table,
    id,
    idFault,
    fields,
    title: fileName.replace(/\.[^.]+$/, '').replace(/[-_]+/g, ' ').trim(),
    instructions: '',
    question,
    choices: used.map((label) => ({ value: choiceValue(label), label })),
    language: 'en',
    domain: '',
    level: 0,
    price: '',
    currency: 'KES',
    estimate: estimateSeconds(table, fields),
    overlap: 1,
    hazard: 0,
  };
}

/** The same job with a corrected file; null where the columns are others, and the words may not fit. */
export function withTable(draft: JobDraft, table: Table): JobDraft | null {
  if (draft.table.columns.join('\n') !== table.columns.join('\n')) return null;
  const { id, idFault } = guess(table);
  return { ...draft, table, id, idFault };
}

/** The fields that keep a job from being created, by name. */
export function missing(draft: JobDraft): string[] {
  const values = draft.choices.map(({ value }) => value);
  const checks: [name: string, holds: boolean][] = [
    ['title', draft.title.trim() !== ''],
    ['instructions', draft.instructions.trim() !== ''],
    ['question', draft.question.trim() !== ''],
    ['domain', draft.domain !== ''],
    ['fields', draft.fields.length > 0],
    ['choices', values.length >= 2 && !values.includes('') && new Set(values).size === values.length],
  ];
  return checks.filter(([, holds]) => !holds).map(([name]) => name);
}
