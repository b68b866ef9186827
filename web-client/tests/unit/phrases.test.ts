// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { fill, setLocale, t, tMaybe, tn } from '../../src/lib/i18n/index.svelte.ts';
import { matchPattern } from '../../src/lib/router.svelte.ts';

describe('phrases', () => {
  it('fills in values and leaves unknown places alone', () => {
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
    expect(fill('{toString}', {})).toBe('{toString}');
  });

  it('chooses the plural form of the language', async () => {
    await setLocale('en');
    expect([tn('work.left', 1), tn('work.left', 2000)]).toEqual(['1 task left', '2,000 tasks left']);
    await setLocale('sw');
    expect([tn('work.left', 1), tn('work.left', 2)]).toEqual(['kazi 1 imebaki', 'kazi 2 zimebaki']);
    expect(document.documentElement.lang).toBe('sw');
    await setLocale('en');
    expect(t('nav.work')).toBe('Work');
  });

  it('answers nothing for a code that it does not know', () => {
    expect(tMaybe('reason.no_such_reason')).toBeUndefined();
    expect(tMaybe('toString')).toBeUndefined();
    expect(tMaybe('reason.chain_gap')).toBe('A line is missing.');
  });
});

describe('addresses', () => {
  it.each([
    ['/', '/', {}],
    ['/work/:batch', '/work/7', { batch: '7' }],
    ['/work/:batch', '/work/7/', { batch: '7' }],
    ['/work/:batch', '/work', undefined],
    ['/work/:batch', '/work/%', undefined],
    ['/work/:batch', '/work/nine', undefined],
    ['/work', '/work/7', undefined],
  ])('%s against %s', (pattern, path, expected) => {
    expect(matchPattern(pattern, path)).toEqual(expected);
  });
});
