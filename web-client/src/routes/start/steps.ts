import type { ClaimedTask, Terms } from '../../lib/api/types.ts';
import type { TextKey } from '../../lib/i18n/index.svelte.ts';

type Translate = (key: TextKey) => string;

/** A small bundle that lives in the page: nothing is sent, nothing is paid, nothing is kept. */
export function practice(t: Translate): {
  terms: Pick<Terms, 'question' | 'choices' | 'fields' | 'language'>;
  tasks: ClaimedTask[];
  right: Record<number, string>;
} {
  const content = [t('practice.text1'), t('practice.text2'), t('practice.text3')];
  return {
    terms: {
      question: t('practice.question'),
      choices: [
        { value: 'good', label: t('practice.good') },
        { value: 'mixed', label: t('practice.mixed') },
        { value: 'bad', label: t('practice.bad') },
      ],
      fields: [{ name: 'text', label: '' }],
      language: '',
    },
    tasks: content.map((text, task) => ({ task, content: { text } })),
    right: { 0: 'good', 1: 'bad', 2: 'mixed' },
  };
}
