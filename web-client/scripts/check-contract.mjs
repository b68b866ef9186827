// The generated types are those of the contract as it stands.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'handprint-types-'));
try {
  const fresh = join(folder, 'schema.gen.d.ts');
  execFileSync('npx', ['openapi-typescript', '../api/openapi.yaml', '-o', fresh], { stdio: 'ignore' });
  const same = readFileSync(fresh, 'utf8') === readFileSync('src/lib/api/schema.gen.d.ts', 'utf8');
  if (!same) console.error('src/lib/api/schema.gen.d.ts is old: run `npm run types:api`');
  process.exitCode = same ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
