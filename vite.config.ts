import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import tailwind from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import { emptyButAssets, removeFormer } from './server/cli/former-assets.ts'
import { serviceWorker } from './vite.worker.ts'

/** Where `brook dev` runs the server to which Vite proxies /api. */
const server = `http://127.0.0.1:${process.env['PORT'] ?? '3000'}`

/** Smaller files fit into the first packets anyway. */
const minBytes = 1_024

/**
 * Writes a compressed copy beside each text file, at the best level: the server sends what the browser accepts
 * (server/web.ts).
 */
const compressed: Plugin = {
  name: 'brook-compressed',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    const texts = Object.values(bundle).flatMap((file) => {
      const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
      return /\.(m?js|css|html|svg|json)$/.test(file.fileName) && bytes.byteLength >= minBytes
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

/** Tells which build a page is of: another one has another name for at least one of its files. */
const buildId: Plugin = {
  name: 'brook-build-id',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) => {
      const content = createHash('sha256')
        .update(Object.keys(bundle).sort().join())
        .digest('base64url')
        .slice(0, 16)
      return [{ tag: 'meta', attrs: { name: 'brook-build', content }, injectTo: 'head' }]
    },
  },
}

/** A browser says in its own words what was refused (web/words), and knows the status of an answer: what the server has of both is 3 KB. */
const withoutServerWords: Plugin = {
  name: 'brook-without-server-words',
  apply: 'build',
  enforce: 'pre',
  transform: {
    filter: { id: /server\/protocol\/(?:\w+-)?errors\.ts$/ },
    handler: (code) => code.replaceAll(/\b(?:words:\s*(?:'[^'\n]*'|"[^"\n]*"),?|status: \d{3},)/g, ''),
  },
}

/** What server/protocol makes schemas with: a browser, which checks nothing, has no use for them and their library, some 125 KB. */
const makersOfSchemas = 'Type Closed Nullable SeqQuery NextQuery Limit Line oneOf oneKind Base64'.split(' ')

interface Graph {
  getModuleInfo: (id: string) => { importedIds: readonly string[] } | null
}
const startOfInside = path.join(import.meta.dirname, 'web/app-shell.ts')
let inside: ReadonlySet<string> | undefined
/** Whether the app shell and a room wait for a module: it is imported by what they are made of, and not on demand. */
function isInside(id: string, graph: Graph): boolean {
  inside ??= reachedFrom(startOfInside, graph)
  // It stays a file of its own: the server finds what it waits for by its name.
  return inside.has(id) && id !== startOfInside
}
function reachedFrom(start: string, graph: Graph): ReadonlySet<string> {
  const found = new Set([start])
  // A set hands out what is added to it on the way.
  for (const id of found) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) found.add(next)
  return found
}

const outDir = path.join(import.meta.dirname, 'dist/web')

/** Open tabs go on asking for the files of the build that they were opened with. */
const formerAssets: Plugin = {
  name: 'brook-former-assets',
  apply: 'build',
  // Before Vite copies web/public.
  enforce: 'pre',
  renderStart: {
    order: 'pre',
    handler() {
      if (existsSync(outDir)) emptyButAssets(outDir)
    },
  },
  closeBundle() {
    removeFormer(path.join(outDir, 'assets'))
  },
}

export default defineConfig({
  root: 'web',
  plugins: [
    vue(),
    tailwind(),
    withoutServerWords,
    compressed,
    buildId,
    formerAssets,
    serviceWorker(outDir, [compressed]),
  ],
  build: {
    outDir,
    // formerAssets does it, all but the assets.
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    // server/web.ts reads from it which files belong to the app shell.
    manifest: true,
    // The few rules that only one page has are not worth a request of their own.
    cssCodeSplit: false,
    rolldownOptions: {
      treeshake: { manualPureFunctions: makersOfSchemas },
      output: {
        codeSplitting: {
          // A request costs more than its bytes, and a browser has six at once: one file for all that the sign-in
          // page waits for, one for what a room waits for, and one for what several of the others share.
          groups: [
            { name: 'entry', tags: ['$initial'], priority: 2 },
            { name: (id, graph) => (isInside(id, graph) ? 'inside' : null), priority: 1 },
            { name: 'shared', minShareCount: 2 },
          ],
        },
      },
    },
  },
  define: {
    __VUE_OPTIONS_API__: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: server, ws: true }, '/manifest.webmanifest': server },
  },
})
