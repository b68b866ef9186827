import type { Reason } from '../api/types.ts';
import { languageName, number } from '../format.ts';
import { t, tn } from '../i18n/index.svelte.ts';
import { domainName } from './domain-names.svelte.ts';

/** A reason as a sentence in the reader's language; the node's own words for a code of a newer node. */
export function reasonText({ code, params, text }: Reason): string {
  const { domain = '', level = 0, have = 0, asked = 0, language = '' } = params;
  switch (code) {
    case 'open_to_all':
      return t('why.open_to_all');
    case 'skill': {
      const values = { domain: domainName(domain), have, asked };
      return asked < have ? t('why.skill.more', values) : t('why.skill', values);
    }
    case 'test':
      return t('why.test', { domain: domainName(domain), level });
    case 'language':
      return t('why.language', {
        language: languageName(language),
        speakers: number(params.speakers ?? 0),
        members: number(params.members ?? 0),
      });
    case 'history':
      return tn('why.history', params.accepted ?? 0, { domain: domainName(domain) });
    case 'new':
      return t('why.new');
    case 'in_hand':
      return tn('why.in_hand', params.tasks ?? 0);
    case 'draw':
      return t('why.draw');
    case 'take_test':
      return t('why.take_test', { domain: domainName(domain), level });
    case 'test_taken':
      return t('why.test_taken', { domain: domainName(domain), level });
    case 'test_not_passed':
      return [
        t('why.test_not_passed', { domain: domainName(domain), level }),
        ...(params.total === undefined
          ? []
          : [t('why.mark', { correct: number(params.correct ?? 0), total: number(params.total), pass: number(params.pass ?? 0) })]),
      ].join(' ');
    case 'no_test':
      return t('why.no_test', { domain: domainName(domain), level });
    case 'missing_language':
      return t('why.missing_language', { language: languageName(language) });
    default:
      return `${text}.`;
  }
}
