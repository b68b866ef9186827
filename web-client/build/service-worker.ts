import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { Plugin, Rollup } from 'vite';

/** Nobody who works without a connection needs these. */
const NEED_CONNECTION = /\/routes\/requester\/|\/routes\/start\/Requester|\/i18n\/\w+\/requester/;

/** What every page says, in the language that is there for all. */
const WORDS = /\/i18n\/en\/everywhere/;

/** Writes /sw.js with the list of files that make up the first screen, and of those that a member works with. */
export function serviceWorker(source: string): Plugin {
  return {
    name: 'handprint-service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const shell = new Set<string>(['/', '/icon.svg', '/manifest.webmanifest']);
      for (const name of entryFiles(bundle)) shell.add(`/${name}`);
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk' && WORDS.test(file.facadeModuleId ?? '')) shell.add(`/${name}`);
      }
      const work = workFiles(bundle).map((name) => `/${name}`).filter((path) => !shell.has(path));
      const version = createHash('sha256').update([...shell, ...work].join('\n')).digest('hex').slice(0, 12);
      const text = readFileSync(source, 'utf8')
        .replace("'__SHELL__'", JSON.stringify([...shell]))
        .replace("'__WORK__'", JSON.stringify(work))
        .replace('__VERSION__', version);
      const code = ts.transpileModule(text, {
        compilerOptions: {
          target: ts.ScriptTarget.ES2020,
          module: ts.ModuleKind.ESNext,
          removeComments: true,
        },
      }).outputText.replace(/^export \{\};?\s*/m, '');
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: code });
    },
  };
}

/** The entry chunk, what it imports statically, and their styles. */
export function entryFiles(bundle: Rollup.OutputBundle): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const chunk = bundle[name];
    if (!chunk || chunk.type !== 'chunk' || found.has(name)) return;
    found.add(name);
    chunk.imports.forEach(visit);
    chunk.viteMetadata?.importedCss.forEach((css) => found.add(css));
  };
  for (const [name, chunk] of Object.entries(bundle)) {
    if (chunk.type === 'chunk' && chunk.isEntry) visit(name);
  }
  return [...found];
}

/** Every program and style but those of pages that are of no use without a connection. */
export function workFiles(bundle: Rollup.OutputBundle): string[] {
  const found = new Set<string>();
  for (const [name, file] of Object.entries(bundle)) {
    if (file.type === 'asset') {
      if (/\.(?:js|css)$/.test(name)) found.add(name);
    } else if (!NEED_CONNECTION.test(file.facadeModuleId ?? '')) {
      found.add(name);
    }
  }
  for (const file of Object.values(bundle)) {
    if (file.type !== 'chunk' || !NEED_CONNECTION.test(file.facadeModuleId ?? '')) continue;
    file.viteMetadata?.importedCss.forEach((css) => found.delete(css));
  }
  return [...found].sort();
}
