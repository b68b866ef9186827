/** A check that did not hold: `reason` is one of the codes of docs/ledger-format.md. */
export interface Failed {
  ok: false;
  reason: string;
  detail: string;
}

export function failed(reason: string, detail = ''): Failed {
  return { ok: false, reason, detail };
}

export function isFailed(value: unknown): value is Failed {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === false;
}
