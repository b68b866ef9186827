import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { base64Decode } from '../../src/lib/verify/index.ts';
import { TestKey } from '../../tests/support/log-maker.ts';
import { MockNode } from '../../tests/support/mock/node.ts';
import { serve } from '../../tests/support/mock/server.ts';

export interface RunningNode {
  url: string;
  /** Asks a stand-in to close the books; the real demo does so by itself. */
  closePeriod: () => void;
  /** A delegate of the cooperative, who signs with the key in a file of the demo. */
  delegate: () => TestKey;
  /** All that it has written to its log so far. */
  said: () => string;
  stop: () => Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../../..');
const BINARY = process.env['HANDPRINT'] ?? join(ROOT, 'build/release/handprint');
const DIST = join(ROOT, 'web-client/dist');
const START_MS = 30_000;

/** The node itself, with a new demo cooperative; a stand-in only when asked for by name. */
export function startNode(): Promise<RunningNode> {
  if (!existsSync(join(DIST, 'index.html'))) {
    throw new Error('web-client/dist is missing: run `npm run build` first');
  }
  return process.env['HANDPRINT_E2E'] === 'mock' ? startMock() : startReal();
}

async function startMock(): Promise<RunningNode> {
  const node = new MockNode();
  const { url, stop } = await serve(DIST, node.handle);
  return {
    url,
    closePeriod: () => node.closePeriod(),
    delegate: () => new TestKey(200),
    said: () => '',
    stop: () => {
      stop();
      return Promise.resolve();
    },
  };
}

async function startReal(): Promise<RunningNode> {
  if (!existsSync(BINARY)) {
    throw new Error(`${BINARY} is missing: build the release preset first (see docs/HACKING.md)`);
  }
  const data = mkdtempSync(join(tmpdir(), 'handprint-e2e-'));
  const args = ['demo', '--data', join(data, 'demo'), '--port', '0', '--json', '--web', DIST];
  const child = spawn(BINARY, args, { cwd: ROOT });
  const said: string[] = [];
  const listen = (chunk: Buffer): void => void said.push(chunk.toString());
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return {
    url: await urlOf(child, said),
    closePeriod: () => undefined,
    delegate: () => keyInFile(join(data, 'demo/people/d-0.key')),
    said: () => said.join(''),
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function keyInFile(path: string): TestKey {
  const seed = base64Decode(readFileSync(path, 'utf8').trim().split(' ').at(-1) ?? '');
  if (!seed) throw new Error(`${path} holds no key`);
  return new TestKey(seed);
}

/** Where it listens, out of the line that it says when it is ready. */
async function urlOf(child: ChildProcess, said: string[]): Promise<string> {
  const end = Date.now() + START_MS;
  while (Date.now() < end && child.exitCode === null) {
    const line = said.join('').split('\n').find((one, i, all) => one.startsWith('{') && i + 1 < all.length);
    if (line !== undefined) return (JSON.parse(line) as { url: string }).url;
    await new Promise((done) => setTimeout(done, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`the node did not come up:\n${said.join('').slice(-4000)}`);
}
