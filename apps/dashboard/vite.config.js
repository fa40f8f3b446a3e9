import { defineConfig } from 'vite';

// What is built keeps to the strictest policy: no script, no style and no picture inside the page, nothing from elsewhere.
export default defineConfig({
  base: './',
  resolve: { conditions: ['@prate/source', 'module', 'browser', 'production'] },
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // light-dark() stays as it is
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
});
