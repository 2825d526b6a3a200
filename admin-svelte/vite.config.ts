import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** `npx vite build admin-svelte` writes admin-svelte/dist; `npx vite admin-svelte` serves the page in development. */
export default defineConfig({
  plugins: [svelte({ configFile: false })],
  build: {
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The served Content-Security-Policy allows files of this origin only: no data: URLs, nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false }
  },
  server: {
    proxy: { '/api': process.env.CONTROL_PLANE_URL ?? 'http://127.0.0.1:9000' }
  }
})
