import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2023',
    // Every file is one of its own: the policy of the page allows no `data:` but for pictures.
    assetsInlineLimit: 0,
    // The fonts’ and chunks’ own sizes are looked at in the tests, not in warnings.
    chunkSizeWarningLimit: 1000,
  },
  // The host stays the page’s own: the server refuses what a page of another one asks it to change.
  server: { proxy: { '/api': { target: process.env.SUTURE_URL ?? 'http://127.0.0.1:8470', changeOrigin: false } } },
})
