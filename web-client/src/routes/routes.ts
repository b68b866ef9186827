import type { Route } from '../lib/router.svelte.ts';

/** Every page, loaded when it is first opened. */
export const routes: readonly Route[] = [
  { pattern: '/', audience: 'none', words: ['open'], load: () => import('./public/Welcome.svelte') },
  { pattern: '/ledger', audience: 'none', words: ['open'], load: () => import('./public/Ledger.svelte') },
  { pattern: '/verify', audience: 'none', words: ['open'], load: () => import('./public/Verify.svelte') },
  { pattern: '/start', audience: 'none', words: ['open'], load: () => import('./start/Member.svelte') },
  { pattern: '/start/requester', audience: 'none', words: ['open', 'requester'], load: () => import('./start/Requester.svelte') },
  { pattern: '/start/restore', audience: 'none', words: ['open'], load: () => import('./start/Restore.svelte') },

  { pattern: '/work', audience: 'member', words: ['member'], load: () => import('./member/Work.svelte') },
  { pattern: '/work/:batch', audience: 'member', words: ['member'], load: () => import('./member/TermsPage.svelte') },
  { pattern: '/work/:batch/tasks', audience: 'member', words: ['member'], load: () => import('./member/Tasks.svelte') },
  { pattern: '/earnings', audience: 'member', words: ['member'], load: () => import('./member/Earnings.svelte') },
  {
    pattern: '/earnings/payslips/:period',
    audience: 'member',
    words: ['member'],
    load: () => import('./member/Payslip.svelte'),
  },
  { pattern: '/co-op', audience: 'member', words: ['member'], load: () => import('./member/Coop.svelte') },
  { pattern: '/me', audience: 'member', words: ['member'], load: () => import('./member/Me.svelte') },

  { pattern: '/projects', audience: 'requester', words: ['requester'], load: () => import('./requester/Projects.svelte') },
  { pattern: '/projects/new', audience: 'requester', words: ['requester'], load: () => import('./requester/NewJob.svelte') },
  { pattern: '/batches/:batch', audience: 'requester', words: ['requester'], load: () => import('./requester/Batch.svelte') },
  { pattern: '/results', audience: 'requester', words: ['requester'], load: () => import('./requester/Results.svelte') },
  { pattern: '/money', audience: 'requester', words: ['requester'], load: () => import('./requester/Money.svelte') },
  { pattern: '/team', audience: 'requester', words: ['requester'], load: () => import('./requester/Team.svelte') },
];
