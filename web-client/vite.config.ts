import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { compress } from './build/compress.ts';
import { serviceWorker } from './build/service-worker.ts';

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), serviceWorker('src/sw/sw.ts'), compress()],
  // Vitest would otherwise pick Svelte's server build, which cannot mount a component.
  ...(mode === 'test' ? { resolve: { conditions: ['browser'] } } : {}),
  build: {
    target: 'es2021',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
  worker: { format: 'es' as const },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/log', '/policy', '/openapi.json'].map((path) => [
        path,
        process.env['HANDPRINT_NODE'] ?? 'http://127.0.0.1:8080',
      ]),
    ),
  },
  test: {
    include: ['tests/unit/**/*.test.ts'],
    setupFiles: ['tests/support/all-words.ts'],
    environment: 'node',
    reporters: ['default', 'json'],
    outputFile: { json: process.env['VITEST_JSON'] ?? './.reports/vitest.json' },
    // A busy machine builds and computes many times slower.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}));
