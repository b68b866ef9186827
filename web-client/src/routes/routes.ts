import type { Route } from '../lib/router.svelte.ts';

/** Every page, loaded when it is first opened. */
export const routes: readonly Route[] = [
  { pattern: '/', audience: 'none', load: () => import('./public/Welcome.svelte') },
  { pattern: '/ledger', audience: 'none', load: () => import('./public/Ledger.svelte') },
  { pattern: '/verify', audience: 'none', load: () => import('./public/Verify.svelte') },
  { pattern: '/start', audience: 'none', load: () => import('./start/Member.svelte') },
  { pattern: '/start/requester', audience: 'none', load: () => import('./start/Requester.svelte') },
  { pattern: '/start/restore', audience: 'none', load: () => import('./start/Restore.svelte') },

  { pattern: '/work', audience: 'member', load: () => import('./member/Work.svelte') },
  { pattern: '/work/:batch', audience: 'member', load: () => import('./member/TermsPage.svelte') },
  { pattern: '/work/:batch/tasks', audience: 'member', load: () => import('./member/Tasks.svelte') },
  { pattern: '/earnings', audience: 'member', load: () => import('./member/Earnings.svelte') },
  {
    pattern: '/earnings/payslips/:period',
    audience: 'member',
    load: () => import('./member/Payslip.svelte'),
  },
  { pattern: '/co-op', audience: 'member', load: () => import('./member/Coop.svelte') },
  { pattern: '/me', audience: 'member', load: () => import('./member/Me.svelte') },

  { pattern: '/projects', audience: 'requester', load: () => import('./requester/Projects.svelte') },
  { pattern: '/projects/new', audience: 'requester', load: () => import('./requester/NewJob.svelte') },
  { pattern: '/batches/:batch', audience: 'requester', load: () => import('./requester/Batch.svelte') },
  { pattern: '/results', audience: 'requester', load: () => import('./requester/Results.svelte') },
  { pattern: '/money', audience: 'requester', load: () => import('./requester/Money.svelte') },
  { pattern: '/team', audience: 'requester', load: () => import('./requester/Team.svelte') },
];
