// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onEvents } from '../../src/lib/api/events.ts';
import { Switch } from '../../src/lib/device/switch.svelte.ts';
import { isSlow, saver } from '../../src/lib/device/saver.ts';

class Source {
  static last: Source | null = null;
  onmessage: (() => void) | null = null;
  constructor() {
    Source.last = this;
  }
  addEventListener(): void {}
  close(): void {}
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Source);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  saver.on = false;
});

/** Twelve entries, one every two seconds. */
function entries(): number {
  const changed = vi.fn();
  const stop = onEvents(0, changed);
  for (let i = 0; i < 12; i += 1) {
    Source.last?.onmessage?.();
    vi.advanceTimersByTime(2000);
  }
  vi.advanceTimersByTime(60_000);
  stop();
  return changed.mock.calls.length;
}

describe('saving data', () => {
  it('is what slow links and those who ask for it need, and nobody else', () => {
    expect([{ saveData: true }, { effectiveType: '2g' }, { effectiveType: '3g' }, { effectiveType: '4g', saveData: true }].map(isSlow)).toEqual([true, true, true, true]);
    expect([undefined, {}, { effectiveType: '4g' }, { saveData: false }].map(isSlow)).toEqual([false, false, false, false]);
  });

  it('looks at a busy batch now and then, and never misses the last change', () => {
    expect(entries()).toBe(12);
    saver.on = true;
    expect(entries()).toBe(2);
  });

  it('is remembered', () => {
    saver.on = true;
    expect(localStorage.getItem('handprint.saver')).toBe('on');
  });

  it.each([true, false])('stands as it would unasked (%s) until the reader chooses', (unasked) => {
    localStorage.clear();
    expect(new Switch('anything', () => unasked).on).toBe(unasked);
    new Switch('anything', () => unasked).on = !unasked;
    expect(new Switch('anything', () => unasked).on).toBe(!unasked);
    expect(new Switch('another', () => unasked).on).toBe(unasked);
  });
});
