/** The three operations of RFC 6902 that the vectors use. */
export interface Operation {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

export function applyPatch(document: unknown, operations: readonly Operation[]): unknown {
  const root = { '': structuredClone(document) };
  for (const { op, path, value } of operations) {
    const keys = path.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    const parent = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], root);
    if (Array.isArray(parent)) splice(parent, last, op, value);
    else if (op === 'remove') Reflect.deleteProperty(parent as object, last);
    else (parent as Record<string, unknown>)[last] = structuredClone(value);
  }
  return root[''];
}

function splice(list: unknown[], key: string, op: Operation['op'], value: unknown): void {
  const at = key === '-' ? list.length : Number(key);
  if (op === 'add') list.splice(at, 0, structuredClone(value));
  else if (op === 'remove') list.splice(at, 1);
  else list[at] = structuredClone(value);
}
