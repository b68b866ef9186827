import { api } from '../api/client.ts';
import type { Taxonomy } from '../api/types.ts';
import { locale } from '../i18n/index.svelte.ts';
import { labelIn } from './taxonomy.ts';

type Node = Taxonomy['domains'][number];

let tree = $state.raw<Taxonomy | null>(null);
let asked = false;

/** The name of a domain in the reader's language; until the names are there, the end of its id. */
export function domainName(id: string): string {
  ask();
  const found = tree ? find(tree.domains, id) : undefined;
  return found ? labelIn(found.label, locale()) : (id.split('/').at(-1) ?? id).replace(/[-_]/g, ' ');
}

function ask(): void {
  if (asked) return;
  asked = true;
  void api.taxonomy().then((answer) => {
    if (answer.ok) tree = answer.value;
    else asked = false;
  });
}

function find(nodes: readonly Node[], id: string): Node | undefined {
  for (const node of nodes) {
    const found = node.id === id ? node : find(node.children ?? [], id);
    if (found) return found;
  }
  return undefined;
}
