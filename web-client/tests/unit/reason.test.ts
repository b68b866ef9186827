// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reason } from '../../src/lib/api/types.ts';
import { setLocale } from '../../src/lib/i18n/index.svelte.ts';
import { reasonText } from '../../src/lib/jobs/reason.ts';

const TAXONOMY = {
  format: 'handprint/taxonomy/v1',
  domains: [
    { id: 'law', label: { en: 'Law' }, children: [{ id: 'law/contracts', label: { en: 'Contracts', sw: 'Mikataba' } }] },
  ],
  levels: [],
};

const skill: Reason = {
  code: 'skill',
  params: { asked: 1, domain: 'law/contracts', have: 2 },
  text: 'You have contracts at level 2; level 1 is asked for',
};

beforeEach(() => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(TAXONOMY))));
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await setLocale('en');
});

describe('a reason', () => {
  it('is a sentence in the language of the page, with the name of the domain', async () => {
    await setLocale('sw');
    await vi.waitFor(() => expect(reasonText(skill)).toBe('Una ujuzi huu: Mikataba, kiwango 2. Kinachohitajika ni kiwango 1.'));
    await setLocale('en');
    expect(reasonText(skill)).toBe('You have the skill: Contracts, level 2. Level 1 is asked for.');
  });

  it('names a language in words', () => {
    const reason: Reason = { code: 'missing_language', params: { language: 'sw' }, text: '' };
    expect(reasonText(reason)).toBe('It is in Swahili, which is not among your languages.');
  });

  it('tells a test that was not passed from one that is not graded', () => {
    const params = { domain: 'law/contracts', level: 1 };
    expect(reasonText({ code: 'test_taken', params, text: '' })).toContain('It is not graded yet.');
    const failed = reasonText({ code: 'test_not_passed', params, text: '' });
    expect(failed).toContain('were paid. The result was not enough for this level.');
  });

  it('of a code that this page does not know is in the words of the node', () => {
    const reason = { code: 'moon', params: {}, text: 'The moon is full' } as unknown as Reason;
    expect(reasonText(reason)).toBe('The moon is full.');
  });
});
