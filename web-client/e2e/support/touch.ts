import type { Page } from '@playwright/test';

/** What look.md asks for, in CSS pixels. */
const TOUCH = 44;

/**
 * What can be pressed and is smaller than a fingertip, as one reads it. A link within running text may be as
 * high as its line. What a label is around is pressed with the label; an ::after laid over an element counts with it.
 */
export function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const inText = (link: Element): boolean => {
      let block = link.parentElement;
      while (block && getComputedStyle(block).display === 'inline') block = block.parentElement;
      const around = (block?.textContent ?? '').trim().length > (link.textContent ?? '').trim().length;
      return getComputedStyle(link).display === 'inline' && around;
    };
    const sizeOf = (element: Element): { width: number; height: number } => {
      const { width, height } = element.getBoundingClientRect();
      const area = getComputedStyle(element, '::after');
      if (area.content === 'none' || area.position !== 'absolute') return { width, height };
      return { width: Math.max(width, parseFloat(area.width)), height: Math.max(height, parseFloat(area.height)) };
    };
    const isPressed = (element: Element): boolean => {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('.skip, .visually-hidden')) return false;
      if (element.matches('label')) return element.querySelector('input:not(.visually-hidden), select, textarea') !== null;
      if (element.matches('input, select, textarea')) return element.closest('label') === null && !element.matches('[type=file]');
      return !(element.matches('a') && inText(element));
    };
    return [...document.querySelectorAll('button, a[href], summary, label, input, select, textarea')].filter(isPressed).flatMap((element) => {
      const { width, height } = sizeOf(element);
      if (width > least - 0.5 && height > least - 0.5) return [];
      const name = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40);
      return [`${element.tagName.toLowerCase()} "${name}" ${Math.round(width)}x${Math.round(height)}`];
    });
  }, TOUCH);
}
