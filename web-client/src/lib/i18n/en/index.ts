import { everywhere } from './everywhere.ts';
import { member } from './member.ts';
import { open } from './open.ts';
import { requester } from './requester.ts';

export const en = { ...everywhere, ...open, ...member, ...requester };
