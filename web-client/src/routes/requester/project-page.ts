import { api } from '../../lib/api/client.ts';
import type { Page } from '../../lib/api/paged.svelte.ts';
import type { Result } from '../../lib/api/request.ts';
import type { Projects } from '../../lib/api/types.ts';

/** My projects, newest first, for a list that is read a page at a time. */
export async function projectPage(after?: string | number): Promise<Result<Page<Projects['projects'][number]>>> {
  const answer = await api.projects(after);
  return answer.ok ? { ...answer, value: { items: answer.value.projects, next: answer.value.next } } : answer;
}
