/** A file of items: named columns, one row for each task. */
export interface Table {
  columns: string[];
  rows: Record<string, string>[];
}

export type ReadTable = { ok: true; table: Table } | { ok: false; reason: TableProblem; line: number };
export type TableProblem = 'empty' | 'binary' | 'no_columns' | 'bad_json' | 'too_narrow' | 'too_wide' | 'double_column';

/** Reads JSON lines when the first line is an object, else CSV. */
export function readTable(text: string): ReadTable {
  const clean = text.replace(/^\ufeff/, '');
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
  const rows: Table['rows'] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parseObject(line);
    if (!value) return { ok: false, reason: 'bad_json', line: i + 1 };
    const row: Record<string, string> = {};
    for (const [key, item] of Object.entries(value)) {
      columns.add(key);
      row[key] = typeof item === 'string' ? item : JSON.stringify(item);
    }
    rows.push(row);
  }
  return { ok: true, table: { columns: [...columns], rows } };
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
  const records = csvRecords(text, separator(text));
  const [head, ...body] = records;
  const columns = (head?.fields ?? []).map((name) => name.trim());
  if (columns.length === 0 || columns.some((name) => name === '')) {
    return { ok: false, reason: 'no_columns', line: 1 };
  }
  if (new Set(columns).size !== columns.length) return { ok: false, reason: 'double_column', line: 1 };
  if (body.length === 0) return { ok: false, reason: 'empty', line: 2 };
  const rows: Table['rows'] = [];
  for (const { fields, line } of body) {
    if (fields.length > columns.length) return { ok: false, reason: 'too_wide', line };
    if (fields.length < columns.length) return { ok: false, reason: 'too_narrow', line };
    rows.push(Object.fromEntries(columns.map((name, at) => [name, fields[at] ?? ''])));
  }
  return { ok: true, table: { columns, rows } };
}

/** Whichever of comma, semicolon and tab the first line has most of. */
function separator(text: string): string {
  const [head = ''] = text.split('\n', 1);
  const count = (char: string): number => head.split(char).length;
  return [',', ';', '\t'].reduce((best, char) => (count(char) > count(best) ? char : best));
}

/** RFC 4180: quoted fields may hold separators, line ends and doubled quotes. */
function csvRecords(text: string, comma: string): { fields: string[]; line: number }[] {
  const records: { fields: string[]; line: number }[] = [];
  let line = 1;
  let begun = 1;
  let record: string[] = [];
  let field = '';
  let quoted = false;
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
    } else if (char === '"' && field === '') quoted = true;
    else if (char === comma) endField();
    else if (char === '\n') endRecord();
    else if (char !== '\r' || text[i + 1] !== '\n') field += char;
  }
  if (field !== '' || record.length > 0) endRecord();
  return records;
}
