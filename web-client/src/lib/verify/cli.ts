import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { base64Decode, utf8Decode } from './bytes.ts';
import { parseJson } from './json.ts';
import { readLog, type LogSource } from './log-reader.ts';
import { verifyPayslipText } from './payslip.ts';
import { parsePolicy, type Policy } from './policy.ts';
import { verifyReceipt, type Held } from './receipt.ts';
import { failed, type Failed } from './verdict.ts';

const USAGE = `usage: verify.js payslip FILE --policy FILE [--promises DIR]
       verify.js receipt FILE --policy FILE [--promises DIR --promise-key BASE64]
       verify.js log DIR --policy FILE
       verify.js each
Prints one JSON verdict. Exit status: 0 good, 1 not good, 2 not run. "each" reads such arguments from its
input, a JSON list a line, and answers each with a verdict, or an "error", in one line.`;

/** Every file in the folder is one promise; what is no JSON is no promise either. */
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

interface Promises {
  promises?: string | undefined;
  'promise-key'?: string | undefined;
}

/** For a receipt; a payslip names the key itself. */
function heldOf(given: Promises): Held | undefined {
  if (given.promises === undefined) return undefined;
  const promiseKey = base64Decode(given['promise-key'] ?? '');
  if (promiseKey?.length !== 32) throw new Error(USAGE);
  return { promises: readPromises(given.promises), promiseKey };
}

async function run(
  command: string | undefined,
  file: string,
  policy: Policy,
  given: Promises,
): Promise<{ ok: boolean } | undefined> {
  if (command === 'log') return readLog(folder(file), policy);
  if (command === 'receipt') return verifyReceipt(readText(file), policy, heldOf(given));
  if (command !== 'payslip') return undefined;
  return verifyPayslipText(readFileSync(file), policy, readPromises(given.promises));
}

type Verdict = { ok: boolean; reason: string; detail: string };

async function verdictOf(args: string[]): Promise<Verdict> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      policy: { type: 'string' },
      promises: { type: 'string' },
      'promise-key': { type: 'string' },
    },
  });
  const [command, file] = positionals;
  if (file === undefined || values.policy === undefined) throw new Error(USAGE);
  const policy = parsePolicy(readFileSync(values.policy));
  const verdict: { ok: boolean } | Failed | undefined = policy
    ? await run(command, file, policy, values)
    : failed('policy_malformed');
  if (!verdict) throw new Error(USAGE);
  return { reason: '', detail: '', ...verdict };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One answer a line, also to a line that cannot be run, so that who asks stays in step. */
async function each(): Promise<number> {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await Promise.resolve(line)
      .then((text) => verdictOf(JSON.parse(text) as string[]))
      .catch((error: unknown) => ({ error: messageOf(error) }));
    console.log(JSON.stringify(answer));
  }
  return 0;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args[0] === 'each') return each();
  const verdict = await verdictOf(args);
  console.log(JSON.stringify(verdict, null, 2));
  return verdict.ok ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 2;
  },
);
