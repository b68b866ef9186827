import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftFrom, missing, withTable } from '../../src/lib/jobs/draft.ts';
import { choiceValue, guess, toJsonLines } from '../../src/lib/jobs/guess.ts';
import { fromLink, labourMicros, offerKey, offerLink } from '../../src/lib/jobs/own-terms.ts';
import { floorOf, leastMicros, leastPrice, rowFloorOf } from '../../src/lib/jobs/floor.ts';
import { rowFaults } from '../../src/lib/jobs/row-faults.ts';
import { domainsOf } from '../../src/lib/jobs/taxonomy.ts';
import type { Offer } from '../../src/lib/api/types.ts';
import { readTable, Table } from '../../src/lib/jobs/table.ts';

function table(text: string): Table {
  const read = readTable(text);
  if (!read.ok) throw new Error(read.reason);
  return read.table;
}

describe('reading a file', () => {
  it('reads quoted fields with separators, quotes and line ends', () => {
    expect(table('\ufeffid,text\r\n1,"a, ""b""\nc"\r\n2,d').rows).toEqual([
      { id: '1', text: 'a, "b"\nc' },
      { id: '2', text: 'd' },
    ]);
  });

  it.each([';', '\t'])('reads fields between %j', (comma) => {
    expect(table(`id${comma}text\n1${comma}a,b`).rows).toEqual([{ id: '1', text: 'a,b' }]);
  });

  it('reads JSON lines, whatever keys they have', () => {
    expect(table('{"id":"x","n":1,"price_micros":null}\n\n{"text":"t"}\n')).toEqual(
      new Table(['id', 'n', 'price_micros', 'text'], [{ id: 'x', n: '1', price_micros: '' }, { text: 't' }], [1, 3]),
    );
  });

  it('remembers at which line of the file each row begins', () => {
    expect(table('id,text\r\n1,"two\r\nlines"\r\n\r\n2,b\r\n').lines).toEqual([2, 5]);
  });

  it('reads lines that end as those of old spreadsheets do', () => {
    expect(table('id;text\r1;a\r2;b').rows).toEqual([{ id: '1', text: 'a' }, { id: '2', text: 'b' }]);
  });

  it.each([
    ['', 'empty', 1],
    ['id,text\n', 'empty', 2],
    ['id,,text\n1,2,3', 'no_columns', 1],
    ['a,a\n1,2', 'double_column', 1],
    ['a,b\n1,2,3', 'too_wide', 2],
    ['a,b\n1,2\n\n"x\ny",2\n7\n', 'too_narrow', 6],
    ['PK\u0003\u0004\u0014', 'binary', 1],
    ['a,b\n1,\ufffd\n', 'binary', 1],
    ['\ufffdPNG\r\n\u001a\n', 'binary', 1],
    ['a,b\n1,"x\n2,y\n3,z\n', 'open_quote', 2],
    ['{"a":1}\n[2]', 'bad_json', 2],
  ])('says what is wrong with %j', (text, reason, line) => {
    expect(readTable(text)).toEqual({ ok: false, reason, line });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '{', '}', ':') }), (text) => void readTable(text)));
  });
});

describe('the tree of subjects', () => {
  it('names each end of it in the language of the reader, else in English', () => {
    const taxonomy = {
      format: 'handprint/taxonomy/v1' as const,
      domains: [
        { id: 'health', label: { en: 'Health', sw: 'Afya' }, children: [{ id: 'health/food', label: { en: 'Food' } }] },
        { id: 'text', label: { en: 'Text' } },
      ],
      levels: [],
    };
    expect(domainsOf(taxonomy, 'sw')).toEqual([
      { id: 'health/food', label: 'Afya: Food' },
      { id: 'text', label: 'Text' },
    ]);
  });
});

describe('rows with terms of their own', () => {
  const rules = { rules: [{ name: 'floor_minor_per_hour/KES', value: 30_000, next_value: 36_000, next_from: 1 }] };
  const file = table(
    'id,text,price_micros,overlap,expires_at\n1,a,,,\n2,b, 1666667 ,2,2000\n3,c,1666666,0,1000\n4,d,2.5,1e3,\n5,e,1000000000001,10001,soon\n',
  );

  it('says of each what the node would refuse, and at which line of the file', () => {
    expect(rowFaults(file, 1_666_667, 1000).map(({ line, column, rule }) => [line, column, rule])).toEqual([
      [4, 'price_micros', 'below_floor'],
      [4, 'overlap', 'not_whole'],
      [4, 'expires_at', 'over'],
      [5, 'price_micros', 'not_whole'],
      [5, 'overlap', 'not_whole'],
      [6, 'price_micros', 'too_much'],
      [6, 'overlap', 'too_much'],
      [6, 'expires_at', 'not_whole'],
    ]);
  });

  it('are held to the floor to the micro, and to one that is announced', () => {
    expect(leastMicros(30_000, 20, 'KES')).toBe(1_666_667);
    expect(rowFloorOf(rules, 'KES')).toBe(36_000);
    expect(floorOf(rules, 'KES')).toBe(30_000);
    expect(rowFloorOf(rules, 'EUR')).toBeNull();
  });

  it('are sent as numbers without what stands around them', () => {
    expect(toJsonLines(file, 'id', ['text'], 'job').split('\n')[1]).toBe(
      '{"id":"2","text":"b","price_micros":"1666667","overlap":"2","expires_at":"2000"}',
    );
  });

  it('keep the words of the job when the file is corrected', () => {
    const draft = { ...draftFrom(file, 'feelings.csv', 'Which?', ['Yes', 'No']), instructions: 'Say how it feels.' };
    const corrected = table('id,text,price_micros,overlap,expires_at\n1,a,5000000,,\n');
    expect(withTable(draft, corrected)).toEqual({ ...draft, table: corrected });
    expect(withTable(draft, table('id,text\n1,a\n'))).toBeNull();
  });
});

describe('guessing the columns', () => {
  it('says why a column of ids is not used', () => {
    const of = (text: string): unknown => guess(table(text)).idFault;
    expect(of('id,text\na,1\nb,2\na,3')).toEqual({ column: 'id', line: 4, value: 'a' });
    expect(of('text,key\n1,a\n2,\n')).toEqual({ column: 'key', line: 3, value: '' });
    expect(of('id,key,text\na,1,x\na,2,y\n')).toBeNull();
    expect(of('text,other\n1,2\n')).toBeNull();
  });

  const sample = table(
    'id,text,source,sentiment\nr1,"Dry and clean, as described",web,good\nr2,"Two bags were torn",web,bad\nr3,"Fine but late again",app,good',
  );

  it('finds the id, the text and the choices', () => {
    expect(guess(sample)).toEqual({ id: 'id', idFault: null, fields: ['text'], choices: ['bad', 'good'] });
  });

  it('does not take a column with gaps or repeats for an id', () => {
    expect(guess(table('id,text\n1,long enough text\n1,another one')).id).toBeNull();
  });

  it('sends only what workers see, with an id for each row', () => {
    expect(toJsonLines(sample, null, ['text'], 'job').split('\n')[1]).toBe('{"id":"job-2","text":"Two bags were torn"}');
    expect(toJsonLines(sample, 'id', ['text'], 'job')).not.toContain('web');
  });

  it('passes on what an item has of its own, and shows it to nobody', () => {
    const priced = table('id,text,price_micros,overlap\na,one two three four,4000000,\nb,five six seven eight,,3\n');
    expect(guess(priced).fields).toEqual(['text']);
    expect(toJsonLines(priced, 'id', ['text'], 'job').split('\n')).toEqual([
      '{"id":"a","text":"one two three four","price_micros":"4000000"}',
      '{"id":"b","text":"five six seven eight","overlap":"3"}',
      '',
    ]);
    // 2 answers at 4.00 and 3 at 2.50
    expect(labourMicros(priced.rows, 2_500_000, 2)).toBe(15_500_000n);
    expect(labourMicros([{ price_micros: '1.5', overlap: '-1' }], 2_500_000, 2)).toBe(5_000_000n);
  });

  it('leads to the offer that was shown, among those of its batch', () => {
    const offer = { batch: 7, own_terms: { price_micros: 4_000_000, expires_at: 4_102_444_800_000 } } as Offer;
    const link = new URL(offerLink(offer), 'https://x.example');
    expect(link.pathname).toBe('/work/7');
    expect(fromLink(link.searchParams.get('price'), link.searchParams.get('until'))).toEqual(offer.own_terms);
    expect(offerLink({ ...offer, own_terms: {} })).toBe('/work/7');
    expect(fromLink(null, '4e3')).toEqual({});
    expect(offerKey(offer)).not.toBe(offerKey({ ...offer, own_terms: {} }));
  });

  it('names choices in plain letters', () => {
    expect(['Very good!', 'Sí', '很好'].map(choiceValue)).toEqual(['very_good', 'si', '很好']);
  });

  it('says what is still missing', () => {
    const draft = draftFrom(sample, 'my-items.csv', 'Which?', ['Yes', 'No']);
    expect(draft.title).toBe('my items');
    expect(missing(draft)).toEqual(['instructions', 'domain']);
    expect(missing({ ...draft, choices: [{ value: 'a', label: 'a' }, { value: 'a', label: 'A' }] })).toContain('choices');
  });
});

describe('the floor', () => {
  const rules = { rules: [{ name: 'fee_bps', value: 1000 }, { name: 'floor_minor_per_hour/KES', value: 30000 }] };

  it('is that of the currency', () => {
    expect(floorOf(rules, 'KES')).toBe(30000);
    expect(floorOf(rules, 'UGX')).toBeNull();
  });

  it('gives a least price that can be shown and is enough', () => {
    // 300 KES an hour, 20 seconds: 1.666... KES.
    expect(leastPrice(30000, 20, 'KES')).toBe(1_666_700);
    expect(leastPrice(30000, 3600, 'KES')).toBe(300_000_000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 3600 }), (floor, seconds) => {
        const micros = leastPrice(floor, seconds, 'KES');
        expect(micros % 100).toBe(0);
        expect(BigInt(micros) * 3600n).toBeGreaterThanOrEqual(BigInt(floor) * 10_000n * BigInt(seconds));
        expect(BigInt(micros - 100) * 3600n).toBeLessThan(BigInt(floor) * 10_000n * BigInt(seconds));
      }),
    );
  });
});
