import { defineConfig } from 'vite';

/** The dashboard: `dist/web/index.html`, and the files that it loads in `dist/web/dashboard/`. */
export default defineConfig({
  root: import.meta.dirname,
  // Works below any path, because all links are relative.
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: 'dashboard',
    // The policy of the page allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});
