import { region } from './i18n/index.svelte.ts';

const MICROS = 1_000_000;

/** Digits after the point of a currency's smallest unit. */
export function minorDigits(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** Minor units as a decimal number in text: "-1200" in KES is "-12.00". */
export function majorText(minor: string, currency: string): string {
  const digits = minorDigits(currency);
  const negative = minor.startsWith('-');
  const units = minor.replace('-', '').padStart(digits + 1, '0');
  const whole = units.slice(0, units.length - digits);
  const rest = digits === 0 ? '' : `.${units.slice(-digits)}`;
  return `${negative ? '-' : ''}${whole}${rest}`;
}

/** Money in the reader's own format, exact: the amount never becomes a binary fraction. */
export function money(minor: string, currency: string, signDisplay: 'auto' | 'exceptZero' = 'auto'): string {
  const text = majorText(minor, currency);
  try {
    const format = new Intl.NumberFormat(region(), {
      style: 'currency',
      currency,
      currencyDisplay: 'code',
      signDisplay,
    });
    return format.format(text as Intl.StringNumericLiteral);
  } catch {
    return `${currency} ${text}`;
  }
}

/** A price per task, which may be finer than the smallest coin. */
export function price(micros: number, currency: string): string {
  const digits = minorDigits(currency);
  return new Intl.NumberFormat(region(), {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: digits,
    maximumFractionDigits: Math.max(digits, 4),
  }).format(micros / MICROS);
}

/** What an hour pays at the estimated time per task, in whole minor units, rounded down. */
export function perHour(micros: number, estimateSeconds: number, currency: string): string {
  if (estimateSeconds <= 0) return '0';
  const perHourMicros = (BigInt(Math.round(micros)) * 3600n) / BigInt(Math.round(estimateSeconds));
  return (perHourMicros / 10n ** BigInt(6 - minorDigits(currency))).toString();
}

/** Typed text such as "12.50" to minor units; undefined when it is not an amount. */
export function parseMajor(text: string, currency: string): string | undefined {
  const digits = minorDigits(currency);
  const match = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim());
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > digits) return undefined;
  return BigInt((match[1] ?? '0') + fraction.padEnd(digits, '0')).toString();
}

/** Typed text to micros of the major unit, at most six digits after the point. */
export function parseMicros(text: string): number | undefined {
  const match = /^(\d{1,9})(?:[.,](\d{1,6}))?$/.exec(text.trim());
  if (!match) return undefined;
  return Number((match[1] ?? '0') + (match[2] ?? '').padEnd(6, '0'));
}

const DAY_MS = 86_400_000;
const CLOCK = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;

/** A moment in the reader's own zone, which is named: records are also read by others elsewhere. */
export function dateTime(ms: number): string {
  const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(region(), { ...day, ...CLOCK }).format(ms);
}

export function date(ms: number): string {
  return new Intl.DateTimeFormat(region(), { dateStyle: 'medium' }).format(ms);
}

/** A deadline: "Tue, 14:00 EAT", with the date when there is more than one such day ahead or behind. */
export function deadline(ms: number, now = Date.now()): string {
  const near = Math.abs(ms - now) < 6 * DAY_MS;
  const day = near ? {} : ({ day: 'numeric', month: 'short' } as const);
  return new Intl.DateTimeFormat(region(), { weekday: 'short', ...day, ...CLOCK }).format(ms);
}

/** "sw" in the reader's words: Swahili. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([region()], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

const STEPS: [limit: number, unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [Infinity, 'day', 86_400],
];

/** "12 seconds ago", "in 3 hours". */
export function relative(ms: number, now: number): string {
  const seconds = Math.round((ms - now) / 1000);
  const [, unit, size] = STEPS.find(([limit]) => Math.abs(seconds) < limit) ?? STEPS[3] ?? [0, 'day', 86_400];
  const words = new Intl.RelativeTimeFormat(region(), { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
  // It stands within sentences; some languages have it with a capital.
  return words.charAt(0).toLocaleLowerCase(region()) + words.slice(1);
}

/** A length of time in words: 45 s, 3 min, 2 h, 5 d. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  // What rounds to a whole one of the next unit is said in that: 59 minutes and 40 seconds is an hour.
  const [, unit, size] =
    STEPS.find(([limit, , step]) => Math.round(seconds / step) * step < limit * (limit === 60 ? 2 : 1)) ?? [0, 'day', 86_400];
  return new Intl.NumberFormat(region(), {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: seconds / size < 10 ? 1 : 0,
  }).format(seconds / size);
}

export function number(value: number | bigint): string {
  return new Intl.NumberFormat(region()).format(value);
}
