// The first screen has to fit a slow phone, and nothing in it may need a loose security policy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const FIRST_MAX = 60 * 1024;
const CHUNK_MAX = 40 * 1024;
const OUT = process.argv[2] ?? 'dist';
const problems = [];

const size = (name) => gzipSync(readFileSync(join(OUT, name)), { level: 9 }).length;
const manifest = JSON.parse(readFileSync(join(OUT, '.vite/manifest.json'), 'utf8'));

/** A chunk with everything that it imports statically. */
function closure(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  (chunk.css ?? []).forEach((css) => found.add(css));
  (chunk.imports ?? []).forEach((next) => closure(next, found));
  return found;
}

const shell = closure('index.html');
const total = (names) => [...names].reduce((sum, name) => sum + size(name), 0);
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

const routes = [
  ...readFileSync('src/routes/routes.ts', 'utf8').matchAll(/pattern: '([^']+)',[^]*?words: \[([^\]]*)\],[^]*?import\('\.\/([^']+)'\)/g),
];
if (routes.length < 10) problems.push('the routes are not where they were');
const loads = routes.flatMap(([, pattern, words, file]) =>
  ['en', 'sw'].map((language) => {
    const parts = ['everywhere', ...words.match(/\w+/g)];
    const chunks = [`src/routes/${file}`, ...parts.map((part) => `src/lib/i18n/${language}/${part}.ts`)];
    chunks.filter((key) => !(key in manifest)).forEach((key) => problems.push(`${key} is not in the build`));
    return { pattern, language, first: total(new Set(['index.html', ...shell, ...chunks.flatMap((key) => [...closure(key)])])) };
  }),
);
for (const { pattern, language, first } of loads.sort((a, b) => b.first - a.first)) {
  console.log(`first load of ${pattern} (${language}): ${kb(first)} gz, at most ${kb(FIRST_MAX)}`);
  if (first > FIRST_MAX) problems.push(`${pattern} is too large in ${language}`);
}
const scripts = readdirSync(join(OUT, 'assets')).filter((name) => name.endsWith('.js'));
for (const name of scripts) {
  const text = readFileSync(join(OUT, 'assets', name), 'utf8');
  if (!shell.has(`assets/${name}`) && size(`assets/${name}`) > CHUNK_MAX) problems.push(`${name} is too large`);
  if (/\beval\(|new Function\(/.test(text)) problems.push(`${name} makes code from text`);
  if (/<[a-z][^<>`]* style=/.test(text)) problems.push(`${name} holds an inline style`);
}
const html = readFileSync(join(OUT, 'index.html'), 'utf8');
if (/<script(?![^>]*src=)|<style| style=| on\w+=/.test(html)) problems.push('index.html holds something inline');
console.log(`all scripts: ${kb(scripts.reduce((sum, name) => sum + size(`assets/${name}`), 0))} gz`);

problems.forEach((problem) => console.error(problem));
process.exitCode = problems.length === 0 ? 0 : 1;
