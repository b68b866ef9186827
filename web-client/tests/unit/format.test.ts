// @vitest-environment jsdom
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setLocale } from '../../src/lib/i18n/index.svelte.ts';
import { duration, majorText, minorDigits, money, parseMajor, parseMicros, perHour, relative } from '../../src/lib/format.ts';

describe('money', () => {
  it.each([
    ['0', 'KES', '0.00'],
    ['5', 'KES', '0.05'],
    ['-1200', 'KES', '-12.00'],
    ['1200', 'JPY', '1200'],
    ['1', 'KWD', '0.001'],
    ['9007199254740993', 'KES', '90071992547409.93'],
  ])('%s minor units of %s are %s', (minor, currency, text) => {
    expect(majorText(minor, currency)).toBe(text);
  });

  it('is exact beyond what a binary fraction can hold', () => {
    expect(money('9007199254740993', 'EUR').replace(/[^\d.]/g, '')).toBe('90071992547409.93');
  });

  it('knows the digits of a currency, and guesses for an unknown one', () => {
    expect([minorDigits('UGX'), minorDigits('EUR'), minorDigits('??')]).toEqual([0, 2, 2]);
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('KES', 'JPY', 'KWD'), (n, currency) => {
        expect(parseMajor(majorText(String(n), currency), currency)).toBe(String(n));
      }),
    );
  });

  it.each(['', 'x', '1.234', '-1', '1e3', '1 000'])('does not take %j for an amount', (text) => {
    expect(parseMajor(text, 'KES')).toBeUndefined();
  });

  it('takes a comma as well as a point', () => {
    expect(parseMajor('12,5', 'EUR')).toBe('1250');
    expect(parseMicros('0,0275')).toBe(27_500);
  });
});

describe('pay per hour', () => {
  it.each([
    [3_500_000, 20, 'KES', '63000'],
    [166_666, 7, 'KES', '8571'],
    [100_000_000, 36, 'JPY', '10000'],
    [1, 1, 'KES', '0'],
    [1, 0, 'KES', '0'],
  ])('%i micros in %i s is %s %s', (micros, seconds, currency, expected) => {
    expect(perHour(micros, seconds, currency)).toBe(expected);
  });
});

describe('time in words', () => {
  it.each([
    [60_000, '60 seconds'],
    [3_540_000, '59 minutes'],
    [3_580_000, '1 hour'],
    [86_399_000, '1 day'],
    [5_400_000, '1.5 hours'],
  ])('%i ms are %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  it('stands within a sentence in every language', async () => {
    expect(relative(0, 2000)).toBe('2 seconds ago');
    await setLocale('sw');
    expect(relative(0, 2000)).toBe('sekunde 2 zilizopita');
    await setLocale('en');
  });
});
