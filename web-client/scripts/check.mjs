// Runs every static check; prints what each one says and fails when one of them fails.
import { spawnSync } from 'node:child_process';

// Apart from what a running node may be serving.
const OUT = 'dist-check';

const CHECKS = [
  ['contract', 'node', ['scripts/check-contract.mjs']],
  ['types', 'npx', ['tsc', '-p', '.']],
  ['components', 'npx', ['svelte-check', '--fail-on-warnings', '--threshold', 'warning']],
  ['lint', 'npx', ['eslint', '.']],
  ['phrases', 'node', ['scripts/check-phrases.mjs']],
  ['files', 'node', ['scripts/check-files.mjs']],
  ['build', 'npx', ['vite', 'build', '--logLevel', 'error', '--outDir', OUT, '--emptyOutDir']],
  ['bundle', 'node', ['scripts/check-bundle.mjs', OUT]],
];

let failed = 0;
for (const [name, command, args] of CHECKS) {
  const result = spawnSync(command, args, { stdio: 'inherit' });
  const good = result.status === 0;
  if (!good) failed += 1;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${name}`);
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
