import type { Taxonomy } from '../api/types.ts';

type Node = Taxonomy['domains'][number];
type Label = Node['label'];

export interface Domain {
  id: string;
  label: string;
}

/** A label in the reader's language, else in English, else whatever there is. */
export function labelIn(label: Label, language: string): string {
  return label[language] ?? label['en'] ?? Object.values(label)[0] ?? '';
}

/** The ends of the tree, each with the names above it. */
export function domainsOf(taxonomy: Taxonomy, language: string): Domain[] {
  const walk = (node: Node, above: string): Domain[] => {
    const label = above + labelIn(node.label, language);
    const children = node.children ?? [];
    return children.length === 0
      ? [{ id: node.id, label }]
      : children.flatMap((child) => walk(child, `${label}: `));
  };
  return taxonomy.domains.flatMap((node) => walk(node, ''));
}
