import type { Catalogue } from '../index.svelte.ts';
import { everywhere } from './everywhere.ts';
import { member } from './member.ts';
import { open } from './open.ts';
import { requester } from './requester.ts';

export const sw: Catalogue = { ...everywhere, ...open, ...member, ...requester };
