import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readLog, type LogSource } from './log-reader.ts';
import { verifyPayslipText } from './payslip.ts';
import { parsePolicy, type Policy } from './policy.ts';
import { verifyReceipt } from './receipt.ts';
import { failed, type Failed } from './verdict.ts';

const USAGE = `usage: verify.js payslip FILE --policy FILE [--promises DIR]
       verify.js receipt FILE --policy FILE
       verify.js log DIR --policy FILE
Prints one JSON verdict. Exit status: 0 good, 1 not good, 2 not run.`;

/** Every *.json in the folder is one promise envelope. */
function readPromises(directory: string | undefined): unknown[] {
  if (directory === undefined) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as unknown);
}

function folder(root: string): LogSource {
  return {
    fetch(path) {
      try {
        return Promise.resolve(new Uint8Array(readFileSync(join(root, path))));
      } catch {
        return Promise.resolve(null);
      }
    },
  };
}

async function run(
  command: string | undefined,
  file: string,
  policy: Policy,
  promises: string | undefined,
): Promise<{ ok: boolean } | undefined> {
  if (command === 'log') return readLog(folder(file), policy);
  if (command === 'receipt') return verifyReceipt(readFileSync(file, 'utf8'), policy);
  if (command !== 'payslip') return undefined;
  return verifyPayslipText(readFileSync(file, 'utf8'), policy, readPromises(promises));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { policy: { type: 'string' }, promises: { type: 'string' } },
  });
  const [command, file] = positionals;
  if (file === undefined || values.policy === undefined) {
    console.error(USAGE);
    return 2;
  }
  const policy = parsePolicy(readFileSync(values.policy, 'utf8'));
  const verdict: { ok: boolean } | Failed | undefined = policy
    ? await run(command, file, policy, values.promises)
    : failed('policy_malformed');
  if (!verdict) {
    console.error(USAGE);
    return 2;
  }
  const reason = { reason: null, detail: '' };
  console.log(JSON.stringify({ ...reason, ...verdict }, null, 2));
  return verdict.ok ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  },
);
