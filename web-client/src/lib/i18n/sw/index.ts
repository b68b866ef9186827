import type { Catalogue } from '../index.svelte.ts';
import { common } from './common.ts';
import { member } from './member.ts';
import { open } from './open.ts';
import { requester } from './requester.ts';

export const sw: Catalogue = { ...common, ...open, ...member, ...requester };
