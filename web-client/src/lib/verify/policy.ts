import { utf8, utf8Decode } from './bytes.ts';
import { COSIGNATURE, ED25519, parseVkey, type NoteKey } from './note.ts';

const BYTES_MAX = 262_144;
/** Of logs, of witnesses, of groups. */
const ITEMS_MAX = 256;

export interface Group {
  threshold: number;
  members: string[];
}

/** Whom the reader trusts: read from a c2sp.org/tlog-policy file, never from the log itself. */
export interface Policy {
  logs: NoteKey[];
  witnesses: Map<string, NoteKey>;
  groups: Map<string, Group>;
  /** Name of a witness or a group; null when the policy asks for no witness. */
  quorum: string | null;
}

/** Undefined for a policy with any line that is not understood: trust is never guessed. */
export function parsePolicy(policy: string | Uint8Array): Policy | undefined {
  const bytes = typeof policy === 'string' ? utf8(policy) : policy;
  if (bytes.length > BYTES_MAX) return undefined;
  // One character for each octet: beyond ASCII the format does not ask what they stand for.
  const octets = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (!octets.endsWith('\n') || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(octets)) return undefined;
  const builder = new Builder();
  for (const raw of octets.split('\n')) {
    const line = raw.replace(/^[ \t]+|[ \t]+$/g, '');
    if (line === '' || line.startsWith('#')) continue;
    if (!builder.line(line.split(/[ \t]+/).map(word))) return undefined;
  }
  return builder.finish();
}

/** The text of octets; of those that are no UTF-8 one that no UTF-8 has, so that names stay apart. */
function word(octets: string): string {
  const text = utf8Decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
  return text ?? octets.replace(/[\u0080-\u00ff]/g, (octet) => String.fromCharCode(0xdc00 + octet.charCodeAt(0)));
}

class Builder {
  private readonly policy: Policy = {
    logs: [],
    witnesses: new Map(),
    groups: new Map(),
    quorum: null,
  };
  private readonly keys = new Set<string>();
  private readonly members = new Set<string>();
  private quorumLines = 0;

  line([kind, ...rest]: string[]): boolean {
    if (kind === 'log') return this.log(rest);
    if (kind === 'witness') return this.witness(rest);
    if (kind === 'group') return this.group(rest);
    if (kind === 'quorum') return this.quorum(rest);
    return false;
  }

  finish(): Policy | undefined {
    const { logs, witnesses, groups } = this.policy;
    if (Math.max(logs.length, witnesses.size, groups.size) > ITEMS_MAX) return undefined;
    return this.quorumLines === 1 ? this.policy : undefined;
  }

  private log([vkey, ...rest]: string[]): boolean {
    const key = this.key(vkey, ED25519);
    if (!key || rest.length > 1) return false;
    this.policy.logs.push(key);
    return true;
  }

  private witness([name, vkey, ...rest]: string[]): boolean {
    const key = this.key(vkey, COSIGNATURE);
    if (!key || rest.length > 1 || !this.free(name)) return false;
    this.policy.witnesses.set(name, key);
    return true;
  }

  private group([name, count = '', ...members]: string[]): boolean {
    if (!this.free(name) || members.length === 0) return false;
    for (const member of members) {
      if (!this.known(member) || this.members.has(member)) return false;
      this.members.add(member);
    }
    const words = new Map([
      ['any', 1],
      ['all', members.length],
    ]);
    const threshold = words.get(count) ?? (/^[1-9][0-9]{0,3}$/.test(count) ? Number(count) : 0);
    if (threshold < 1 || threshold > members.length) return false;
    this.policy.groups.set(name, { threshold, members });
    return true;
  }

  private quorum([name, ...rest]: string[]): boolean {
    this.quorumLines += 1;
    if (name === undefined || rest.length > 0) return false;
    if (name !== 'none' && !this.known(name)) return false;
    this.policy.quorum = name === 'none' ? null : name;
    return true;
  }

  private key(vkey: string | undefined, type: number): NoteKey | undefined {
    const key = vkey === undefined ? undefined : parseVkey(vkey);
    if (key?.type !== type) return undefined;
    // One key under two names would count twice towards a quorum.
    const bytes = key.key.join(',');
    if (this.keys.has(bytes)) return undefined;
    this.keys.add(bytes);
    return key;
  }

  private known(name: string): boolean {
    return this.policy.witnesses.has(name) || this.policy.groups.has(name);
  }

  private free(name: string | undefined): name is string {
    return name !== undefined && name !== 'none' && !this.known(name);
  }
}

/**
 * The latest time at which a quorum had seen what these witnesses cosigned: one of them with a fast
 * clock does not move it. Null when they are no quorum.
 */
export function seenByQuorum(policy: Policy, witnesses: readonly { name: string; time: number }[]): number | null {
  const signed = new Set<string>();
  for (const { name, time } of [...witnesses].sort((a, b) => b.time - a.time)) {
    signed.add(name);
    if (quorumMet(policy, signed)) return time;
  }
  return null;
}

/** Whether the witnesses that signed satisfy the quorum. */
export function quorumMet(policy: Policy, signed: ReadonlySet<string>): boolean {
  const holds = (name: string): boolean => {
    const group = policy.groups.get(name);
    if (!group) return signed.has(name);
    return group.members.filter(holds).length >= group.threshold;
  };
  return policy.quorum === null || holds(policy.quorum);
}
