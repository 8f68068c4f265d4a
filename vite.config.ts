import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import tailwind from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

/** Where `brook dev` runs the server that Vite passes /api on to. */
const server = `http://127.0.0.1:${process.env['PORT'] ?? '3000'}`

/** Smaller ones fit into the first packets anyhow. */
const leastBytes = 1_024

/** Lays what is text beside itself, compressed as well as can be: the server sends what the browser takes (server/app.ts). */
const compressed: Plugin = {
  name: 'brook-compressed',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    const texts = Object.values(bundle).flatMap((file) => {
      const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
      return /\.(js|css|html|svg)$/.test(file.fileName) && bytes.byteLength >= leastBytes
        ? [{ name: path.join(dir, file.fileName), bytes }]
        : []
    })
    await Promise.all(
      texts.flatMap(({ name, bytes }) => [
        promisify(brotliCompress)(bytes).then((small) => writeFile(`${name}.br`, small)),
        promisify(gzip)(bytes, { level: 9 }).then((small) => writeFile(`${name}.gz`, small)),
      ]),
    )
  },
}

export default defineConfig({
  root: 'web',
  plugins: [vue(), tailwind(), compressed],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // server/web.ts reads in it which files the inside is.
    manifest: true,
    // The few rules that only one page has are not worth a request of their own.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // A request costs more than its bytes, and a browser has six at once: one file for all that the entry waits for,
          // and one for what several of the others have in common.
          groups: [
            { name: 'entry', tags: ['$initial'] },
            { name: 'shared', minShareCount: 2 },
          ],
        },
      },
    },
  },
  define: {
    __VUE_OPTIONS_API__: false,
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: server, ws: true } } },
})
