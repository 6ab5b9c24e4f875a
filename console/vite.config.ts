import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { pagePaths } from './src/paths.ts'

/** Tells the server which paths are pages, so that it answers 404 to all others (src/http/console.ts). */
const pageList: Plugin = {
  name: 'page-list',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'pages.json', source: JSON.stringify(pagePaths) })
  },
}

/**
 * The console as static files. Nothing is inlined: the page's Content-Security-Policy allows neither scripts nor data
 * URLs within it. One style sheet, so that the first load stays within its requests (test/console-build.test.ts).
 * `npx vite console` serves it while it is being worked on, with the API of a server on 127.0.0.1:8080.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), pageList],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    manifest: 'manifest.json',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      // Whatever the first load needs comes in one file, also what other pages share with it.
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/simulator', '/docs', '/openapi.json'].map((path) => [path, apiOfDevelopment()]),
    ),
  },
})

function apiOfDevelopment(): string {
  return process.env.C2M_API ?? 'http://127.0.0.1:8080'
}
