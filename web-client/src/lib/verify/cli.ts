import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { utf8Decode } from './bytes.ts';
import { parseJson } from './json.ts';
import { readLog, type LogSource } from './log-reader.ts';
import { verifyPayslipText } from './payslip.ts';
import { parsePolicy, type Policy } from './policy.ts';
import { verifyReceipt } from './receipt.ts';
import { failed, type Failed } from './verdict.ts';

const USAGE = `usage: verify.js payslip FILE --policy FILE [--promises DIR]
       verify.js receipt FILE --policy FILE
       verify.js log DIR --policy FILE
Prints one JSON verdict. Exit status: 0 good, 1 not good, 2 not run.`;

/** Every file in the folder is one promise; what is no JSON is no envelope either. */
function readPromises(directory: string | undefined): unknown[] {
  if (directory === undefined) return [];
  return readdirSync(directory)
    .sort()
    .map((name) => parseJson(readFileSync(join(directory, name))));
}

/** Bytes that are no text stand for a text that nothing can be read from. */
function readText(file: string): string {
  return utf8Decode(readFileSync(file)) ?? '\u0000';
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
  if (command === 'receipt') return verifyReceipt(readText(file), policy);
  if (command !== 'payslip') return undefined;
  return verifyPayslipText(readFileSync(file), policy, readPromises(promises));
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
  const policy = parsePolicy(readFileSync(values.policy));
  const verdict: { ok: boolean } | Failed | undefined = policy
    ? await run(command, file, policy, values.promises)
    : failed('policy_malformed');
  if (!verdict) {
    console.error(USAGE);
    return 2;
  }
  const reason = { reason: '', detail: '' };
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
