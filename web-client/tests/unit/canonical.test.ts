import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/lib/verify/bytes.ts';
import { encodeCanonical, parseCanonical, type Json } from '../../src/lib/verify/canonical.ts';

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('canonical JSON', () => {
  it.each([
    ['{"b":1,"a":[true,false,null]}', '{"a":[true,false,null],"b":1}'],
    ['"\\u0001\\u001f\\b\\t\\n\\f\\r\\"\\\\/"', '"\\u0001\\u001f\\b\\t\\n\\f\\r\\"\\\\/"'],
    ['{"1":0,"10":0,"2":0,"B":0,"a":0}', '{"1":0,"10":0,"2":0,"B":0,"a":0}'],
    ['"Wanjirũ 😂"', '"Wanjirũ 😂"'],
    ['9007199254740991', '9007199254740991'],
  ])('%s', (input, output) => {
    expect(encodeCanonical(JSON.parse(input) as Json)).toBe(output);
    expect(parseCanonical(output)).toEqual(JSON.parse(input));
  });

  it.each([
    ' 1',
    '1 ',
    '',
    '-0',
    '01',
    '1.0',
    '1e3',
    '9007199254740992',
    '99999999999999999999',
    '{"a":1,"a":1}',
    '{"b":1,"a":1}',
    '{"a":1,}',
    '[1,]',
    '[1 ,2]',
    '"\\u0041"',
    '"\\/"',
    '"\\u000A"',
    '"\\u000a"',
    '"\\ud83d"',
    '"\t"',
    '{"é":1}',
    'nul',
    'nulll',
    '\ufeff1',
    '[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]',
  ])('refuses %j', (text) => expect(parseCanonical(text)).toBeUndefined());

  it('keeps a key named __proto__ as a key', () => {
    const text = '{"__proto__":{"x":1}}';
    const value = parseCanonical(text);
    expect(value !== undefined && encodeCanonical(value)).toBe(text);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseCanonical(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined();
    expect(parseCanonical(utf8('"ok"'))).toBe('ok');
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = encodeCanonical(value);
        expect(parseCanonical(text)).toEqual(value);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  it('never throws, and accepts only what it would write', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const value = parseCanonical(text);
        if (value !== undefined) expect(encodeCanonical(value)).toBe(text);
      }),
    );
  });
});
