// Small files with plain names, and a lock file that names no address.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const LINES_MAX = 400;
const COMPONENT_LINES_MAX = 250;
const GENERATED = /\.gen\.d\.ts$/;
const VAGUE = /^(?:helpers?|utils?|common|misc)\.(?:ts|svelte)$/;
const problems = [];

for (const directory of ['src', 'tests', 'e2e', 'scripts', 'build']) {
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:ts|svelte|mjs|css)$/.test(path) || GENERATED.test(path)) continue;
    const full = join(directory, path);
    const name = basename(path);
    const lines = readFileSync(full, 'utf8').split('\n').length - 1;
    const max = name.endsWith('.svelte') ? COMPONENT_LINES_MAX : LINES_MAX;
    if (lines > max) problems.push(`${full}: ${lines} lines, at most ${max}`);
    const pattern = name.endsWith('.svelte') ? /^[A-Z][A-Za-z]+\.svelte$/ : /^[a-z0-9-]+(?:\.[a-z]+)+$/;
    if (!pattern.test(name)) problems.push(`${full}: name is neither kebab-case nor PascalCase.svelte`);
    if (VAGUE.test(name)) problems.push(`${full}: name says nothing`);
  }
}
if (/"resolved"|https?:\/\/[^"]*regis/.test(readFileSync('package-lock.json', 'utf8'))) {
  problems.push('package-lock.json: names an address of a registry');
}

problems.forEach((problem) => console.error(problem));
process.exitCode = problems.length === 0 ? 0 : 1;
