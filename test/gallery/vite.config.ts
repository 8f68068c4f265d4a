// Serves the gallery by itself: npx vite test/gallery. The product's own build does not know it.
import tailwind from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [vue(), tailwind()],
  publicDir: '../../web/public',
  define: { __VUE_OPTIONS_API__: false },
  server: { host: '127.0.0.1', fs: { allow: ['../..'] } },
})
