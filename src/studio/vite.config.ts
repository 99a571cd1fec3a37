import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page, and the overlay for other players as one module of a lasting name. */
export default defineConfig({
  root: here('.'),
  base: '/',
  plugins: [svelte()],
  build: {
    outDir: here('../../dist/studio'),
    emptyOutDir: true,
    target: 'es2022',
    // a picture or font written into the style sheet would need a wider policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: here('./index.html'), overlay: here('./overlay/overlay.ts') },
      preserveEntrySignatures: 'allow-extension',
      output: {
        entryFileNames: ({ name }) => (name === 'overlay' ? 'overlay.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
