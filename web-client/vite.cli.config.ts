import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

/** Bundles the verifier into one file that runs under node without node_modules. */
export default defineConfig({
  build: {
    ssr: 'src/lib/verify/cli.ts',
    outDir: 'dist-cli',
    target: 'node20',
    minify: false,
    rollupOptions: {
      external: builtinModules.flatMap((name) => [name, `node:${name}`]),
      output: { entryFileNames: 'verify.js' },
    },
  },
  ssr: { noExternal: true },
  publicDir: false,
});
