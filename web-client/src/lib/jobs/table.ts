/** A file of items: named columns, one row for each task. */
export class Table {
  constructor(
    readonly columns: readonly string[],
    readonly rows: readonly Readonly<Record<string, string>>[],
    /** At which line of the file each row begins, for those who look for it there. */
    readonly lines: readonly number[],
  ) {}
}

export type ReadTable = { ok: true; table: Table } | { ok: false; reason: TableProblem; line: number };
export type TableProblem = 'empty' | 'binary' | 'no_columns' | 'bad_json' | 'too_narrow' | 'too_wide' | 'double_column' | 'open_quote' | 'too_large';

/** What is read into memory at once; a program can send more. */
export const FILE_MAX = 100 * 1024 * 1024;

/** Reads JSON lines when the first line is an object, else CSV. */
export function readTable(text: string): ReadTable {
  const marked = text.replace(/^\ufeff/, '');
  // Some spreadsheets end lines with a carriage return alone.
  const clean = marked.includes('\n') ? marked : marked.replace(/\r/g, '\n');
  if (isBinary(clean)) return { ok: false, reason: 'binary', line: 1 };
  if (clean.trim() === '') return { ok: false, reason: 'empty', line: 1 };
  return clean.trimStart().startsWith('{') ? readJsonLines(clean) : readCsv(clean);
}

/** A workbook, a picture, or text in an encoding that was not read: what it would show is not what was meant. */
function isBinary(text: string): boolean {
  return text.startsWith('PK\u0003\u0004') || text.includes('\u0000') || text.includes('\ufffd');
}

function readJsonLines(text: string): ReadTable {
  const columns = new Set<string>();
  const rows: Record<string, string>[] = [];
  const lines: number[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parseObject(line);
    if (!value) return { ok: false, reason: 'bad_json', line: i + 1 };
    const row: Record<string, string> = {};
    for (const [key, item] of Object.entries(value)) {
      columns.add(key);
      row[key] = typeof item === 'string' ? item : item === null ? '' : JSON.stringify(item);
    }
    rows.push(row);
    lines.push(i + 1);
  }
  return { ok: true, table: new Table([...columns], rows, lines) };
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}

function readCsv(text: string): ReadTable {
  const { records, open } = csvRecords(text, separator(text));
  if (open !== null) return { ok: false, reason: 'open_quote', line: open };
  const [head, ...body] = records;
  const columns = (head?.fields ?? []).map((name) => name.trim());
  if (columns.length === 0 || columns.some((name) => name === '')) {
    return { ok: false, reason: 'no_columns', line: 1 };
  }
  if (new Set(columns).size !== columns.length) return { ok: false, reason: 'double_column', line: 1 };
  if (body.length === 0) return { ok: false, reason: 'empty', line: 2 };
  const rows: Record<string, string>[] = [];
  for (const { fields, line } of body) {
    if (fields.length > columns.length) return { ok: false, reason: 'too_wide', line };
    if (fields.length < columns.length) return { ok: false, reason: 'too_narrow', line };
    rows.push(Object.fromEntries(columns.map((name, at) => [name, fields[at] ?? ''])));
  }
  return { ok: true, table: new Table(columns, rows, body.map(({ line }) => line)) };
}

/** Whichever of comma, semicolon and tab the first line has most of. */
function separator(text: string): string {
  const [head = ''] = text.split('\n', 1);
  const count = (char: string): number => head.split(char).length;
  return [',', ';', '\t'].reduce((best, char) => (count(char) > count(best) ? char : best));
}

interface CsvRecord {
  fields: string[];
  line: number;
}

/**
 * RFC 4180: quoted fields may hold separators, line ends and doubled quotes. `open` is the line of a quote that
 * nothing closes.
 */
function csvRecords(text: string, comma: string): { records: CsvRecord[]; open: number | null } {
  const records: CsvRecord[] = [];
  let line = 1;
  let begun = 1;
  let record: string[] = [];
  let field = '';
  let quoted = false;
  let opened = 1;
  const endField = (): void => {
    record.push(field);
    field = '';
  };
  const endRecord = (): void => {
    endField();
    if (record.length > 1 || record[0] !== '') records.push({ fields: record, line: begun });
    record = [];
    begun = line;
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] ?? '';
    if (char === '\n') line += 1;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
    } else if (char === '"' && field === '') {
      quoted = true;
      opened = line;
    } else if (char === comma) endField();
    else if (char === '\n') endRecord();
    else if (char !== '\r' || text[i + 1] !== '\n') field += char;
  }
  if (field !== '' || record.length > 0) endRecord();
  return { records, open: quoted ? opened : null };
}
