import { common } from './common.ts';
import { member } from './member.ts';
import { open } from './open.ts';
import { requester } from './requester.ts';

export const en = { ...common, ...open, ...member, ...requester };
