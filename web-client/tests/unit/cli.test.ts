import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyText } from '../support/log-maker.ts';
import { sampleLog } from '../support/sample-log.ts';

describe('the verifier in a terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'handprint-cli-'));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const start = (args: string[], input = ''): { status: number | null; stdout: string } => {
    const { status, stdout } = spawnSync('node', ['dist-cli/verify.js', ...args], { encoding: 'utf8', input });
    return { status, stdout };
  };
  const run = (...args: string[]): { status: number | null; stdout: string } => start(args);
  const sample = sampleLog();
  const policy = file('policy.txt', policyText());

  beforeAll(() => {
    execFileSync('npx', ['vite', 'build', '--config', 'vite.cli.config.ts', '--logLevel', 'error']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says yes to a good payslip, with its lines', () => {
    const { status, stdout } = run('payslip', file('good.json', JSON.stringify(sample.slip)), '--policy', policy);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, reason: '', member: 1, period: 2 });
  });

  it('names the check that fails', () => {
    const slip = { ...sample.slip, entries: sample.slip.entries.slice(1) };
    const { status, stdout } = run('payslip', file('gap.json', JSON.stringify(slip)), '--policy', policy);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, reason: 'chain_gap' });
  });

  it('compares with the promises in a folder', () => {
    mkdirSync(join(folder, 'promises'));
    file('promises/1', JSON.stringify(sample.log.promise(sample.foreign)));
    const args = ['--policy', policy, '--promises', join(folder, 'promises')];
    const slip = file('slip.json', JSON.stringify(sample.slip));
    expect(JSON.parse(run('payslip', slip, ...args).stdout)).toMatchObject({ reason: 'promise_missing' });
    file('promises/0', '{');
    expect(JSON.parse(run('payslip', slip, ...args).stdout)).toMatchObject({ reason: 'promise_invalid' });
  });

  it('gives the reason for a policy that cannot be read', () => {
    const bad = file('bad.txt', policyText().replaceAll('\n', '\r\n'));
    const { status, stdout } = run('payslip', policy, '--policy', bad);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, reason: 'policy_malformed' });
  });

  it('ends with status 2 when it could not run', () => {
    expect(run('payslip').status).toBe(2);
    expect(run('payslip', join(folder, 'none.json'), '--policy', policy).status).toBe(2);
    expect(run('nothing', policy, '--policy', policy).status).toBe(2);
  });

  it('answers many in turn, each as it would be alone', () => {
    const gap = { ...sample.slip, entries: sample.slip.entries.slice(1) };
    const lines = [
      JSON.stringify(['payslip', file('gap.json', JSON.stringify(gap)), '--policy', policy]),
      JSON.stringify(['payslip', join(folder, 'none.json'), '--policy', policy]),
      'no list',
      JSON.stringify(['payslip', file('good.json', JSON.stringify(sample.slip)), '--policy', policy]),
    ];
    const { status, stdout } = start(['each'], lines.join('\n') + '\n');
    expect(status).toBe(0);
    const answers = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers.map(({ ok, reason }) => ({ ok, reason }))).toEqual([
      { ok: false, reason: 'chain_gap' },
      {},
      {},
      { ok: true, reason: '' },
    ]);
    expect(answers.map((answer) => 'error' in answer)).toEqual([false, true, true, false]);
  });
});
