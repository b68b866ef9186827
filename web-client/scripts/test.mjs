// Unit tests, then the browser; ends with one line that counts both.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const counts = { passed: 0, failed: 0, skipped: 0 };
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

const unit = spawnSync('npx', ['vitest', 'run'], { stdio: 'inherit' });
const vitest = json(process.env.VITEST_JSON ?? './.reports/vitest.json');
counts.passed += vitest.numPassedTests;
counts.failed += vitest.numFailedTests;
counts.skipped += vitest.numPendingTests;

const browser = spawnSync('npx', ['playwright', 'test'], { stdio: 'inherit' });
const { stats } = json('./.reports/playwright.json');
counts.passed += stats.expected + stats.flaky;
counts.failed += stats.unexpected;
counts.skipped += stats.skipped;

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = unit.status === 0 && browser.status === 0 ? 0 : 1;
