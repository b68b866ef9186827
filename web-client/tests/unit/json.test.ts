import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/lib/verify/json.ts';

describe('JSON of any layout', () => {
  it.each([
    ['{"b" : 1,\r\n\t"a":[ ] , "c":{ }}', { b: 1, a: [], c: {} }],
    ['"\\u0041\\/\\ud83d\\ude00"', 'A/\u{1f600}'],
    [' -9007199254740991 ', -9007199254740991],
    ['{"\\u006b":true}', { k: true }],
  ])('reads %j', (text, value) => expect(parseJson(text)).toEqual(value));

  it.each([
    '', ' ', '1 2', '[1,]', '[,1]', '{"a":1,}', '{a:1}', "'a'", '[1', '{"a"}', 'nul', 'NaN', 'True',
    '1.0', '1e0', '-0', '01', '+1', '-', '9007199254740992', '-9007199254740992', '12345678901234567890',
    '{"a":1,"a":1}', '{"a":1,"\\u0061":1}', '{"\u00e9":1}', '"\u0001"', '"\t"', '"\\x41"', '"\\u12g4"',
    '"\\ud800"', '"\\ude00\\ud83d"', '"\ud800"', '\ufeff1', '\u00a01', '/**/1', `${'['.repeat(17)}${']'.repeat(17)}`,
  ])('refuses %j', (text) => expect(parseJson(text)).toBeUndefined());

  it('refuses bytes that are no UTF-8', () => {
    expect(parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined();
    expect(parseJson(Uint8Array.of(0x22, 0xc1, 0xaf, 0x22))).toBeUndefined();
  });

  it('never throws, and reads only what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const value = parseJson(text);
        if (value !== undefined) expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });
});
