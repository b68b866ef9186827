import { untrack } from 'svelte';
import type { everywhere } from './en/everywhere.ts';
import type { member } from './en/member.ts';
import type { open } from './en/open.ts';
import type { problems } from './en/problems.ts';
import type { requester } from './en/requester.ts';

type English = typeof everywhere & typeof open & typeof member & typeof problems & typeof requester;

export type Plural = { readonly one: string; readonly other: string };
export type Key = keyof English;
/** Keys whose phrase depends on a number. */
export type PluralKey = { [K in Key]: English[K] extends string ? never : K }[Key];
export type TextKey = Exclude<Key, PluralKey>;
export type Catalogue = { readonly [K in Key]: K extends PluralKey ? Plural : string };
/** The phrases of one part of a catalogue, in another language. */
export type PartOf<T> = { readonly [K in keyof T]: T[K] extends string ? string : Plural };
export type Params = Readonly<Record<string, string | number>>;

export const LOCALES = { en: 'English', sw: 'Kiswahili' } as const;
export type Locale = keyof typeof LOCALES;

/** A part of the phrases that some routes need, or all when it comes to that; the rest comes with the language. */
export type Part = 'open' | 'member' | 'problems' | 'requester';
type Phrases = Partial<Catalogue>;

const PARTS: Record<Locale, Record<Part | 'everywhere', () => Promise<Phrases>>> = {
  en: {
    everywhere: () => import('./en/everywhere.ts').then((it) => it.everywhere),
    open: () => import('./en/open.ts').then((it) => it.open),
    member: () => import('./en/member.ts').then((it) => it.member),
    problems: () => import('./en/problems.ts').then((it) => it.problems),
    requester: () => import('./en/requester.ts').then((it) => it.requester),
  },
  sw: {
    everywhere: () => import('./sw/everywhere.ts').then((it) => it.everywhere),
    open: () => import('./sw/open.ts').then((it) => it.open),
    member: () => import('./sw/member.ts').then((it) => it.member),
    problems: () => import('./sw/problems.ts').then((it) => it.problems),
    requester: () => import('./sw/requester.ts').then((it) => it.requester),
  },
};

const STORED = 'handprint.locale';

interface State {
  locale: Locale;
  parts: ReadonlySet<Part>;
  phrases: Phrases;
}

let current = $state.raw<State>({ locale: 'en', parts: new Set(), phrases: {} });
const wanted = new Set<Part>();

export function locale(): Locale {
  return current.locale;
}

/** The reader's own region within the language of the page, for numbers and dates. */
export function region(): string {
  return navigator.languages.find((tag) => tag.slice(0, 2) === current.locale) ?? current.locale;
}

export function isLocale(value: unknown): value is Locale {
  return typeof value === 'string' && Object.hasOwn(LOCALES, value);
}

async function read(from: Locale, parts: Iterable<Part>): Promise<Phrases> {
  const names = ['everywhere', ...parts] as const;
  const all = await Promise.all(names.map((name) => PARTS[from][name]()));
  return Object.assign({}, ...all) as Phrases;
}

/** Loads the phrases that a page needs, in the language of the reader; before it is shown. */
export async function loadWords(parts: readonly Part[]): Promise<void> {
  parts.forEach((part) => wanted.add(part));
  // Who waits for the words is not to begin anew when they are there or the language changes.
  const now = (): State => untrack(() => current);
  while (parts.some((part) => !now().parts.has(part))) {
    const before = now();
    const phrases = await read(before.locale, parts);
    // In another language meanwhile: then they are read in that one.
    if (now().locale !== before.locale) continue;
    const { locale: same, parts: had, phrases: known } = now();
    current = { locale: same, parts: new Set([...had, ...parts]), phrases: { ...known, ...phrases } };
  }
}

/** Loads the phrases of a language, those that pages have asked for and `first`, and shows them at once. */
export async function setLocale(next: Locale, first: readonly Part[] = []): Promise<void> {
  first.forEach((part) => wanted.add(part));
  let parts = [...wanted];
  let phrases = await read(next, parts);
  while (wanted.size > parts.length) {
    parts = [...wanted];
    phrases = await read(next, parts);
  }
  current = { locale: next, parts: new Set(parts), phrases };
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // Storage may be switched off; the choice then lasts until the page is closed.
  }
}

/** What the reader chose before, else what the browser asks for. */
export function preferredLocale(): Locale {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    stored = null;
  }
  if (isLocale(stored)) return stored;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLocale);
  return wanted ?? 'en';
}

export function t(key: TextKey, params: Params = {}): string {
  return fill(current.phrases[key] ?? key, params);
}

/** The phrase for a number; `{n}` in it is the number in the reader's own format. */
export function tn(key: PluralKey, n: number, params: Params = {}): string {
  const phrase = current.phrases[key] ?? { one: key, other: key };
  const form = new Intl.PluralRules(current.locale).select(n) === 'one' ? phrase.one : phrase.other;
  return fill(form, { ...params, n: new Intl.NumberFormat(region()).format(n) });
}

/** For keys made at run time, such as the code of a problem. */
export function tMaybe(key: string, params: Params = {}): string | undefined {
  if (!Object.hasOwn(current.phrases, key)) return undefined;
  const phrase = current.phrases[key as Key];
  return typeof phrase === 'string' ? fill(phrase, params) : undefined;
}

export function fill(phrase: string, params: Params): string {
  return phrase.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
