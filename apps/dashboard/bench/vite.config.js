import { mergeConfig } from 'vite';
import page from '../vite.config.js';

// The page and, beside it, the chart alone over static arrays: see tests/bench/dashboard.ts.
export default mergeConfig(page, {
  build: { outDir: 'bench/dist', rolldownOptions: { input: ['index.html', 'bench/static.html'] } },
});
