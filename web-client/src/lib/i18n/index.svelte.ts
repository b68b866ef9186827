import { en } from './en/index.ts';

export type Plural = { readonly one: string; readonly other: string };
export type Key = keyof typeof en;
/** Keys whose phrase depends on a number. */
export type PluralKey = { [K in Key]: (typeof en)[K] extends string ? never : K }[Key];
export type TextKey = Exclude<Key, PluralKey>;
export type Catalogue = { readonly [K in Key]: K extends PluralKey ? Plural : string };
/** The phrases of one part of a catalogue, in another language. */
export type PartOf<T> = { readonly [K in keyof T]: T[K] extends string ? string : Plural };
export type Params = Readonly<Record<string, string | number>>;

export const LOCALES = { en: 'English', sw: 'Kiswahili' } as const;
export type Locale = keyof typeof LOCALES;

const STORED = 'handprint.locale';

interface State {
  locale: Locale;
  phrases: Catalogue;
}

let current = $state.raw<State>({ locale: 'en', phrases: en });

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

/** Loads the phrases of a language and shows them at once. */
export async function setLocale(next: Locale): Promise<void> {
  const phrases = next === 'sw' ? (await import('./sw/index.ts')).sw : en;
  current = { locale: next, phrases };
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
  return fill(current.phrases[key], params);
}

/** The phrase for a number; `{n}` in it is the number in the reader's own format. */
export function tn(key: PluralKey, n: number, params: Params = {}): string {
  const phrase = current.phrases[key];
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
