import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = (path: string) => resolve(import.meta.dirname, path);

/**
 * Three bundles: main (desktop and headless hosts, which share their chunks), preload, renderer.
 * The CLI is a fourth, one-file bundle; `scripts/build.mjs` makes it, because electron-vite knows only these three.
 *
 * Only `dependencies` stay outside the bundles: native modules, which cannot be bundled, and nothing else. All the rest
 * is a dev dependency and is bundled, so that the packaged app carries no node_modules tree and starts from few files.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      lib: {
        entry: {
          desktop: here('src/main/desktop/main.ts'),
          headless: here('src/main/headless/main.ts'),
        },
        formats: ['es'],
      },
      rollupOptions: {
        external: ['emulate', 'graphql'],
        // A library below Koa makes its deprecation notices by eval. In Node, and with no word from outside, it may.
        onLog: (level, log, report) => {
          if (log.code !== 'EVAL' || !log.message.includes('/depd/')) report(level, log);
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      lib: { entry: { preload: here('src/main/desktop/preload.ts') }, formats: ['cjs'] },
      // A sandboxed preload cannot be an ES module.
      rollupOptions: { output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: here('src/renderer'),
    // Relative, since the same files are served as app://trackeep/ (window) and /ui/ (web).
    base: './',
    build: {
      outDir: here('out/renderer'),
      // A page is read anew with every load, and half as much text is read in less time.
      minify: true,
      rollupOptions: { input: here('src/renderer/index.html') },
    },
    plugins: [react()],
  },
});
