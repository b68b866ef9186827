import { defineConfig, devices } from '@playwright/test';

/** The browser of the system; nothing is downloaded. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: './e2e',
  outputDir: './test-results',
  // Each has a node and a browser of its own; the files go to whichever is free.
  workers: 2,
  // Where nobody watches, once more with a new node and browser; scripts/test names what passed only then.
  retries: process.env['CI'] ? 1 : 0,
  // A machine that does other work besides may take many times as long; what waits too short is no finding.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: './.reports/playwright.json' }]],
  use: {
    locale: 'en-GB',
    timezoneId: 'Africa/Nairobi',
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'off',
    // What cannot be clicked is named with its locator, and not only the test with its time.
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'laptop', use: { viewport: { width: 1280, height: 800 } } },
    {
      name: 'phone',
      use: {
        viewport: { width: 360, height: 740 },
        isMobile: true,
        hasTouch: true,
        userAgent: devices['Pixel 7'].userAgent,
      },
    },
  ],
});
