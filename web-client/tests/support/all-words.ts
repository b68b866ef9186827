import { loadWords } from '../../src/lib/i18n/index.svelte.ts';

// Components are tested without the route that would load their phrases.
await loadWords(['open', 'member', 'problems', 'requester']);
