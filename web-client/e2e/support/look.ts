import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test, expect, type Page } from '@playwright/test';
import { routes } from '../../src/routes/routes.ts';
import { tooSmall } from './touch.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const SCREENS = process.env['SCREENS'] !== undefined;

const PROOF_WORDS = /\b(merkle|leaf|hash(es)?|sha-?256|ed25519|base64|dsse|nonce|inclusion|cosign\w*|tile|frontier|preimage)\b/i;
/** Pages for those who came for the proofs. */
const SHOWS_PROOFS: string[] = [];

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/**
 * Looks at one state of a page, light and dark: a heading, a title, no accessibility violation, nothing wider
 * than the screen, and on a phone nothing to press that is smaller than a fingertip. `place` is the pattern of
 * the route, or 'not found', or 'signed out'. With SCREENS set it leaves a picture of each in .screens for people
 * to look at. The first look at each route is also taken in Swahili, whose words are longer.
 */
export async function look(page: Page, place: string, state: string): Promise<void> {
  await settle(page);
  expect(placeOf(page, place), `${state} is at ${page.url()}`).toBe(true);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page).toHaveTitle(/Handprint/);
  await expectFits(page);
  await expectPressable(page, `${place} (${state})`);
  if (!SHOWS_PROOFS.includes(place)) await expectPlain(page, `${place} (${state})`);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    // Only colours differ in the dark, so only the rules that look at colours are asked again.
    await expectAccessible(page, `${place} (${state}), ${scheme}`, scheme === 'dark' ? COLOUR_RULES : undefined);
    if (SCREENS) await picture(page, `${place} ${state}`, scheme);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await lookInSwahili(page, `${place} (${state}), in Swahili`, place);
}

const seenInSwahili = new Set<string>();

async function lookInSwahili(page: Page, where: string, place: string): Promise<void> {
  const key = `${test.info().project.name} ${place}`;
  const ready = await page.evaluate(() => navigator.onLine && document.documentElement.lang === 'en');
  if (!ready || seenInSwahili.has(key)) return;
  seenInSwahili.add(key);
  await speak(page, 'sw');
  await settle(page);
  await expectFits(page);
  await expectPressable(page, where);
  await expectAccessible(page, where);
  if (SCREENS) await picture(page, where, 'light');
  await speak(page, 'en');
}

/** By the switch of the page, wherever it is; what was typed and chosen stays. */
async function speak(page: Page, language: string): Promise<void> {
  await page.locator('label.language select').first().evaluate((select: HTMLSelectElement, value) => {
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }, language);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
}

/** The page is loaded, has what it asked for, and moves no more. */
async function settle(page: Page): Promise<void> {
  await expect(page.locator('#main')).toBeVisible();
  await expect(page.getByRole('status', { name: /^(Loading|Inapakia)$/ })).toHaveCount(0);
  await page.evaluate(async () => {
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
  });
}

function placeOf(page: Page, place: string): boolean {
  const path = new URL(page.url()).pathname;
  const matches = (pattern: string): boolean => new RegExp(`^${pattern.replace(/:\w+/g, '\\d+')}$`).test(path);
  if (place === 'not found') return !routes.some(({ pattern }) => matches(pattern));
  if (place === 'signed out') return routes.some((route) => route.audience !== 'none' && matches(route.pattern));
  return matches(place);
}

/** No accessibility violations, the best practices included. */
async function expectAccessible(page: Page, where: string, rules?: string[]): Promise<void> {
  // As an evaluated script it does not pass through the page's own policy.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const result = await page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<AxeResult> } };
    return axe.run({ resultTypes: ['violations'], ...(runOnly ? { runOnly } : {}) });
  }, rules);
  const found = result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => `${one.html} ${one.failureSummary ?? ''}`).join(' | ')}`);
  expect(found, where).toEqual([]);
}

/** The words of proofs stand under "details" only, which nobody has to open. */
async function expectPlain(page: Page, where: string): Promise<void> {
  const seen = await page.evaluate(() => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (parent?.checkVisibility() && !parent.closest('details, script, style')) texts.push(walker.currentNode.textContent ?? '');
    }
    return texts;
  });
  expect(seen.length, where).toBeGreaterThan(5);
  expect(seen.filter((text) => PROOF_WORDS.test(text)), where).toEqual([]);
}

/** Nothing on the page is wider than the screen. */
async function expectFits(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBeLessThanOrEqual(screen ?? 0);
}

/** A fingertip finds all that can be pressed. */
async function expectPressable(page: Page, where: string): Promise<void> {
  if (test.info().project.name === 'phone') expect(await tooSmall(page), `${where}, to press`).toEqual([]);
}

async function picture(page: Page, name: string, scheme: string): Promise<void> {
  mkdirSync('.screens', { recursive: true });
  const file = name.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '');
  await page.screenshot({ path: `.screens/${test.info().project.name}-${file}-${scheme}.png`, fullPage: true });
}
