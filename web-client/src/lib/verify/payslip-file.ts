import { utf8, type Bytes } from './bytes.ts';
import { parseCanonical, type Json, type JsonObject } from './canonical.ts';
import { readHeader, type Header } from './header.ts';
import { isClass, LINES } from './names.ts';
import {
  asArray,
  asCount,
  asCurrency,
  asHash,
  asMoney,
  asObject,
  asOrdinal,
  asString,
  ascending,
  readAll,
  withKeys,
} from './read.ts';

export const PAYSLIP_FORMAT = 'handprint/payslip/v1';
const TEXT_MAX = 65_536;

export interface Opened {
  bytes: string;
  value: Json;
  salt: Bytes;
}

/** A header with its place in the log. */
export interface Place {
  header: Header;
  headerText: string;
  index: number;
  proof: Bytes[];
}

export interface Amount {
  class: string;
  currency: string;
  amount: string;
}

/** Where a member stood at a close: chain, keys and balances. */
export interface Standing {
  counter: number;
  member: number;
  period: number;
  head: Bytes;
  keys: string[];
  balances: Amount[];
}

export interface Position extends Opened {
  proof: Bytes[];
  standing: Standing;
}

export interface Close extends Place {
  coop: Opened;
  position: Position | null;
}

export interface Line {
  account: string;
  amount: string;
  currency: string;
  what: string;
  batch?: number;
  blind?: string;
  distribution?: number;
  payout?: number;
  position?: number;
  task?: number;
}

export interface PartContent {
  counter: number;
  member: number;
  previous: Bytes;
  evidence: JsonObject | null;
  answers: Json[] | null;
  keys: string[] | null;
  lines: Line[];
}

export interface PayslipEntry extends Place {
  part: Opened & { number: number };
  content: PartContent;
}

/** The seal of a distribution and where it shows the member's share. */
export interface PayslipShare extends Place {
  coop: Opened;
  list: Bytes[];
}

export interface Payslip {
  checkpoint: string;
  closing: Close;
  entries: PayslipEntry[];
  log: string;
  member: number;
  opening: Close | null;
  /** In the order of their lines. */
  shares: PayslipShare[];
}

const FILE_KEYS = [
  'checkpoint',
  'closing',
  'entries',
  'format',
  'log',
  'member',
  'nodes',
  'opening',
  'shares',
];
const CLOSE_KEYS = ['coop', 'header', 'index', 'position', 'proof'];
const ENTRY_KEYS = ['header', 'index', 'part', 'proof'];
const LINE_KEYS = ['account', 'amount', 'currency', 'what'];
const SHARE_KEYS = ['coop', 'header', 'index', 'list', 'proof'];
const LINE_REFS = ['batch', 'distribution', 'payout', 'position', 'task'];

/** Reads the file's shape; undefined is the verdict `malformed`. */
export function readPayslip(file: unknown): Payslip | undefined {
  const value = withKeys(file, FILE_KEYS);
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
  const shares = readAll(value['shares'], (item) => readShare(item, proof));
  if (!closing || opening === undefined || !entries || !shares) return undefined;
  return { checkpoint, closing, entries, log, member, opening, shares };
}

type ReadProof = (refs: unknown) => Bytes[] | undefined;

function readClose(item: unknown, readProof: ReadProof): Close | undefined {
  const value = withKeys(item, CLOSE_KEYS);
  if (!value) return undefined;
  const place = readPlace(value, readProof);
  const coop = readOpened(value['coop']);
  const position = value['position'] === null ? null : readPosition(value['position'], readProof);
  return place && coop && position !== undefined ? { ...place, coop, position } : undefined;
}

function readEntry(item: Json, readProof: ReadProof): PayslipEntry | undefined {
  const value = withKeys(item, ENTRY_KEYS);
  if (!value) return undefined;
  const place = readPlace(value, readProof);
  const part = readOpened(value['part'], ['number']);
  const number = asCount(asObject(value['part'])?.['number']);
  const content = part ? readPart(part.value) : undefined;
  if (!place || !part || !content || number === undefined) return undefined;
  return { ...place, part: { ...part, number }, content };
}

function readShare(item: unknown, readProof: ReadProof): PayslipShare | undefined {
  const value = withKeys(item, SHARE_KEYS);
  if (!value) return undefined;
  const place = readPlace(value, readProof);
  const coop = readOpened(value['coop']);
  const list = readProof(value['list']);
  return place && coop && list ? { ...place, coop, list } : undefined;
}

function readPlace(value: JsonObject, readProof: ReadProof): Place | undefined {
  const headerText = asString(value['header']);
  const header = headerText === undefined ? undefined : readHeader(headerText);
  const index = asCount(value['index']);
  const proof = readProof(value['proof']);
  if (headerText === undefined || !header || index === undefined || !proof) return undefined;
  return { header, headerText, index, proof };
}

function readPosition(item: unknown, readProof: ReadProof): Position | undefined {
  const opened = readOpened(item, ['proof']);
  const proof = readProof(asObject(item)?.['proof']);
  const standing = opened ? readStanding(opened.value) : undefined;
  return opened && proof && standing ? { ...opened, proof, standing } : undefined;
}

export function readOpened(item: unknown, further: readonly string[] = []): Opened | undefined {
  const object = withKeys(item, ['bytes', 'salt', ...further]);
  const bytes = asString(object?.['bytes']);
  const salt = asHash(object?.['salt']);
  if (bytes === undefined || utf8(bytes).length > TEXT_MAX || !salt) return undefined;
  const value = parseCanonical(bytes);
  return value === undefined ? undefined : { bytes, value, salt };
}

/** A member's part, section 5 of docs/ledger-format.md. */
function readPart(value: Json): PartContent | undefined {
  const part = withKeys(value, ['chain', 'evidence', 'lines'], ['answers', 'keys']);
  const chain = withKeys(part?.['chain'], ['counter', 'member', 'previous']);
  const counter = asOrdinal(chain?.['counter']);
  const member = asCount(chain?.['member']);
  const previous = asHash(chain?.['previous']);
  const evidence = part?.['evidence'] === null ? null : asObject(part?.['evidence']);
  const keys = part?.['keys'] === undefined ? null : readKeys(part['keys']);
  const answers = part?.['answers'] === undefined ? null : asArray(part['answers']);
  const lines = readAll(part?.['lines'], readLine);
  if (counter === undefined || member === undefined || !previous) return undefined;
  if (evidence === undefined || answers === undefined || keys === undefined || !lines) return undefined;
  return { counter, member, previous, evidence, answers, keys, lines };
}

function readLine(item: Json): Line | undefined {
  const line = withKeys(item, LINE_KEYS, ['blind', ...LINE_REFS]);
  const account = asString(line?.['account']);
  const amount = asString(line?.['amount']);
  const currency = asCurrency(line?.['currency']);
  const what = asString(line?.['what']);
  if (!line || account === undefined || !isClass(account) || amount === undefined) return undefined;
  if (currency === undefined || asMoney(amount) === undefined) return undefined;
  if (what === undefined || !LINES.has(what)) return undefined;
  const blind = line['blind'] === undefined ? {} : { blind: asString(line['blind']) ?? '' };
  if (line['blind'] !== undefined && !asHash(line['blind'])) return undefined;
  const refs = LINE_REFS.filter((key) => line[key] !== undefined);
  if (!refs.every((key) => asCount(line[key]) !== undefined)) return undefined;
  return {
    account,
    amount,
    currency,
    what,
    ...blind,
    ...Object.fromEntries(refs.map((key) => [key, asCount(line[key])])),
  };
}

const POSITION_KEYS = ['balances', 'counter', 'head', 'keys', 'member', 'period'];

function readStanding(item: Json): Standing | undefined {
  const value = withKeys(item, POSITION_KEYS);
  const counter = asCount(value?.['counter']);
  const member = asCount(value?.['member']);
  const period = asOrdinal(value?.['period']);
  const head = asHash(value?.['head']);
  const keys = readKeys(value?.['keys']);
  const balances = readAll(value?.['balances'], readBalance);
  if (counter === undefined || member === undefined || period === undefined) return undefined;
  const sorted = ascending((balances ?? []).map((one) => `${one.class}\u0000${one.currency}`));
  return head && keys && balances && sorted ? { counter, member, period, head, keys, balances } : undefined;
}

function readBalance(item: Json): Amount | undefined {
  const [name, code, amount, ...rest] = asArray(item) ?? [];
  const currency = asCurrency(code);
  if (typeof name !== 'string' || !isClass(name) || currency === undefined) return undefined;
  if (asMoney(amount) === undefined || rest.length > 0) return undefined;
  return { class: name, currency, amount: asString(amount) ?? '' };
}

/** Public keys, kept as base64: that text is also what they are sorted by. */
function readKeys(value: unknown): string[] | undefined {
  const keys = readAll(value, (key) => (asHash(key) ? asString(key) : undefined));
  return keys && ascending(keys) ? keys : undefined;
}
