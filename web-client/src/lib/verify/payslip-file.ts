import type { Bytes } from './bytes.ts';
import { parseCanonical, type Json, type JsonObject } from './canonical.ts';
import { readHeader, type Header } from './header.ts';
import { asArray, asCount, asHash, asObject, asString, readAll } from './read.ts';

export const PAYSLIP_FORMAT = 'handprint/payslip/v1';

export interface Opened {
  bytes: string;
  value: JsonObject;
  salt: Bytes;
}

export interface Position extends Opened {
  proof: Bytes[];
}

export interface Close {
  coop: Opened;
  header: Header;
  headerText: string;
  index: number;
  position: Position | null;
  proof: Bytes[];
}

export interface Line {
  account: string;
  amount: string;
  currency: string;
  what: string;
  batch?: number;
  task?: number;
}

export interface PayslipEntry {
  header: Header;
  headerText: string;
  index: number;
  part: Opened & { number: number };
  proof: Bytes[];
}

export interface Payslip {
  checkpoint: string;
  closing: Close;
  entries: PayslipEntry[];
  log: string;
  member: number;
  opening: Close | null;
}

/** Reads the file's shape; undefined is the verdict `malformed`. */
export function readPayslip(file: unknown): Payslip | undefined {
  const value = asObject(file);
  if (!value || value['format'] !== PAYSLIP_FORMAT) return undefined;
  const nodes = readAll(value['nodes'], asHash);
  if (!nodes) return undefined;
  const proof = (refs: unknown): Bytes[] | undefined =>
    readAll(refs, (ref) => nodes[asCount(ref) ?? -1]);
  const checkpoint = asString(value['checkpoint']);
  const log = asString(value['log']);
  const member = asCount(value['member']);
  const closing = readClose(value['closing'], proof);
  const opening = value['opening'] === null ? null : readClose(value['opening'], proof);
  const entries = readAll(value['entries'], (item) => readEntry(item, proof));
  if (checkpoint === undefined || log === undefined || member === undefined) return undefined;
  if (!closing || opening === undefined || !entries) return undefined;
  return { checkpoint, closing, entries, log, member, opening };
}

type ReadProof = (refs: unknown) => Bytes[] | undefined;

function readClose(item: unknown, readProof: ReadProof): Close | undefined {
  const value = asObject(item);
  const headerText = asString(value?.['header']);
  const header = headerText === undefined ? undefined : readHeader(headerText);
  const index = asCount(value?.['index']);
  const proof = readProof(value?.['proof']);
  const coop = readOpened(value?.['coop']);
  const position = value?.['position'] === null ? null : readPosition(value?.['position'], readProof);
  if (headerText === undefined || !header || index === undefined || !proof || !coop) return undefined;
  if (position === undefined) return undefined;
  return { coop, header, headerText, index, position, proof };
}

function readPosition(item: unknown, readProof: ReadProof): Position | undefined {
  const opened = readOpened(item);
  const proof = readProof(asObject(item)?.['proof']);
  return opened && proof ? { ...opened, proof } : undefined;
}

function readEntry(item: Json, readProof: ReadProof): PayslipEntry | undefined {
  const value = asObject(item);
  const headerText = asString(value?.['header']);
  const header = headerText === undefined ? undefined : readHeader(headerText);
  const index = asCount(value?.['index']);
  const proof = readProof(value?.['proof']);
  const opened = readOpened(value?.['part']);
  const number = asCount(asObject(value?.['part'])?.['number']);
  if (headerText === undefined || !header || index === undefined || !proof) return undefined;
  if (!opened || number === undefined) return undefined;
  return { header, headerText, index, part: { ...opened, number }, proof };
}

export function readOpened(item: unknown): Opened | undefined {
  const bytes = asString(asObject(item)?.['bytes']);
  const salt = asHash(asObject(item)?.['salt']);
  const value = bytes === undefined ? undefined : asObject(parseCanonical(bytes));
  return bytes !== undefined && salt && value ? { bytes, value, salt } : undefined;
}

/** The lines of one entry; undefined when they are not lines. */
export function readLines(part: JsonObject): Line[] | undefined {
  if (part['lines'] === undefined) return [];
  return readAll(asArray(part['lines']), (item) => {
    const line = asObject(item);
    const account = asString(line?.['account']);
    const amount = asString(line?.['amount']);
    const currency = asString(line?.['currency']);
    const what = asString(line?.['what']);
    if (!line || account === undefined || amount === undefined) return undefined;
    if (currency === undefined || what === undefined) return undefined;
    const batch = asCount(line['batch']);
    const task = asCount(line['task']);
    return {
      account,
      amount,
      currency,
      what,
      ...(batch === undefined ? {} : { batch }),
      ...(task === undefined ? {} : { task }),
    };
  });
}
