// Every phrase exists in every language, with the same places for values and the same plural
// forms; every phrase that a page asks for exists; none is left that no page asks for.
// A route loads the parts of the catalogue that its page asks for.
// Each code of a problem that a person can meet has a sentence.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const ROOT = 'src/lib/i18n';
const LANGUAGES = ['en', 'sw'];
// Keys that are put together at run time from codes of the interface.
const MADE = ['problem.', 'reason.', 'hazard.', 'class.', 'books.', 'what.', 'key.', 'kind.', 'batch.', 'job.', 'field.', 'payout.'];
/** What only programs, delegates, the node itself or a page that is wrong can bring about. */
const NEVER_FROM_THE_PAGE = `
  already_founded already_paid_out already_proposed answer_differs answers_missing bad_argument bad_choice bad_cursor
  bad_format bad_kind bad_log_key bad_number bad_policy bad_reference bad_request bad_role bad_value
  cosignature_not_fresh document_differs document_missing format_differs header_too_large in_the_past incomplete item_twice
  key_mismatch malformed media_type method_not_allowed missing no_close no_contributors no_currency no_kinds
  no_such_external no_such_member no_such_requester not_a_delegate not_a_founder not_a_qualification not_canonical
  not_in_transit not_sealed nothing_payable nothing_to_cover one_of other_period out_of_order proposal_differs
  reference_used release_not_covered root_differs row_differs royalty_not_whole run_open same_delegate stale_list
  stale_shares task_order terms_missing unknown_kind unknown_rule use_the_door wrong_type`.match(/\w+/g);
/** What the page itself finds wrong. */
const OF_THE_PAGE = ['unreachable', 'no_policy', 'terms_not_canonical', 'http_401', 'http_404'];

const problems = [];
/** In which file of a language a phrase stands. */
const partOf = {};
const catalogues = Object.fromEntries(LANGUAGES.map((language) => [language, readCatalogue(language)]));
const english = catalogues.en;

for (const [language, phrases] of Object.entries(catalogues)) {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const key of Object.keys(english)) {
    if (!(key in phrases)) problems.push(`${language}: ${key} is missing`);
  }
  for (const [key, phrase] of Object.entries(phrases)) {
    if (!(key in english)) problems.push(`${language}: ${key} is not in en`);
    else if (places(phrase) !== places(english[key])) problems.push(`${language}: ${key} has other places for values`);
    if (typeof phrase === 'string' ? phrase.trim() === '' : forms.some((form) => !phrase[form])) {
      problems.push(`${language}: ${key} is empty or lacks a plural form`);
    }
  }
}

const source = sources('src').filter((path) => !path.startsWith(ROOT)).map((path) => readFileSync(path, 'utf8')).join('\n');
for (const match of source.matchAll(/\bt(?:n|Maybe)?\('([^']+)'/g)) {
  if (!(match[1] in english)) problems.push(`asked for and not there: ${match[1]}`);
}
for (const key of Object.keys(english)) {
  const asked = source.includes(`'${key}'`) || source.includes(`"${key}"`);
  if (!asked && !MADE.some((prefix) => key.startsWith(prefix))) problems.push(`no page asks for ${key}`);
}

const codes = readFileSync('src/lib/api/schema.gen.d.ts', 'utf8')
  .match(/^\s*ProblemCode: ([^;]+);/m)?.[1]
  .match(/\w+/g) ?? [];
if (codes.length < 100) problems.push('the codes of problems are not where they were');
for (const code of codes) {
  const said = `problem.${code}` in english;
  const listed = NEVER_FROM_THE_PAGE.includes(code);
  if (said === listed) problems.push(`${code} is ${said ? 'said, and is' : 'neither said nor'} listed as never from the page`);
}
for (const key of Object.keys(english).filter((one) => /^problem\.(todo\.)?[a-z0-9]+_\w+$/.test(one))) {
  const code = key.split('.').at(-1);
  if (![...codes, ...OF_THE_PAGE].includes(code)) problems.push(`${key} is of no code that there is`);
}
NEVER_FROM_THE_PAGE.filter((code) => !codes.includes(code)).forEach((code) => problems.push(`there is no code ${code}`));

for (const [, pattern, words, file] of readFileSync('src/routes/routes.ts', 'utf8').matchAll(
  /pattern: '([^']+)',[^]*?words: \[([^\]]*)\],[^]*?import\('\.\/([^']+)'\)/g,
)) {
  const texts = [...withImports(join('src/routes', file))].map((path) => readFileSync(path, 'utf8')).join('\n');
  const later = [...texts.matchAll(/loadWords\(\[([^\]]*)\]\)/g)].map((match) => match[1]).join(' ');
  const loaded = ['everywhere', ...`${words} ${later}`.matchAll(/\w+/g)].map(String);
  const asked = new Set([...texts.matchAll(/['"`](\w+\.[\w.]+)['"`]/g)].map((match) => match[1]));
  const made = [...texts.matchAll(/`(\w+\.)\$\{/g)].map((match) => match[1]);
  const needed = Object.keys(english).filter((key) => asked.has(key) || made.some((prefix) => key.startsWith(prefix)));
  for (const key of needed.filter((one) => !loaded.includes(partOf[one]))) {
    problems.push(`${pattern} asks for ${key} and does not load the words of ${partOf[key]}`);
  }
}

problems.forEach((problem) => console.error(problem));
console.log(`${Object.keys(english).length} phrases in ${LANGUAGES.length} languages`);
process.exitCode = problems.length === 0 ? 0 : 1;

function readCatalogue(language) {
  const phrases = {};
  for (const name of readdirSync(join(ROOT, language)).filter((file) => file !== 'index.ts')) {
    const text = readFileSync(join(ROOT, language, name), 'utf8');
    ts.createSourceFile(name, text, ts.ScriptTarget.Latest).forEachChild((node) => {
      if (!ts.isVariableStatement(node)) return;
      for (const { initializer } of node.declarationList.declarations) {
        const object = initializer && ts.isAsExpression(initializer) ? initializer.expression : initializer;
        if (!object || !ts.isObjectLiteralExpression(object)) continue;
        const found = readObject(object);
        Object.assign(phrases, found);
        for (const key of Object.keys(found)) {
          const part = name.replace('.ts', '');
          if ((partOf[key] ??= part) !== part) problems.push(`${language}: ${key} stands in another file than in en`);
        }
      }
    });
  }
  return phrases;
}

function readObject(object) {
  return Object.fromEntries(
    object.properties.map(({ name, initializer }) => [
      name.text,
      ts.isObjectLiteralExpression(initializer) ? readObject(initializer) : initializer.text,
    ]),
  );
}

/** A component with everything of ours that it imports, now or later. */
function withImports(path, found = new Set()) {
  if (found.has(path) || path.startsWith(ROOT)) return found;
  found.add(path);
  for (const match of readFileSync(path, 'utf8').matchAll(/(?:from|import\(?)\s*'(\.[^']+\.(?:ts|svelte))'/g)) {
    const next = join(dirname(path), match[1]);
    if (existsSync(next)) withImports(next, found);
  }
  return found;
}

function places(phrase) {
  const texts = typeof phrase === 'string' ? [phrase] : Object.values(phrase);
  return [...new Set(texts.flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort().join(' ');
}

function sources(directory) {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|svelte)$/.test(path))
    .map((path) => join(directory, path));
}
