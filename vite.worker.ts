// Builds the service worker after the web app, whose files it is told: a script of its own beside the page, at an address that never
// changes, as its scope is that of its folder. The browser asks for it anew by itself.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build, type Plugin, type Rolldown } from 'vite'
import type { Build } from './web/worker/build.ts'

type Bundle = Rolldown.OutputBundle

/** What a room needs, besides the page itself, and the lists that can be read without a network. */
const needed = [
  'app-shell.ts',
  'words/en.ts',
  'words/zh.ts',
  'search/SearchPage.vue',
  'saved/SavedPage.vue',
  'mentions/MentionsPage.vue',
  'inbox/InboxPage.vue',
  'thread/followed/ThreadsPage.vue',
]
/** Of web/public, which the page names. */
const besides = ['theme.js', 'favicon.svg']

/** `plugins`: for its file, too. */
export const serviceWorker = (outDir: string, plugins: Plugin[]): Plugin => ({
  name: 'brook-service-worker',
  apply: 'build',
  async writeBundle(_options, bundle) {
    await build({
      configFile: false,
      publicDir: false,
      plugins,
      logLevel: 'warn',
      define: { brookBuild: JSON.stringify(buildOf(bundle, outDir)) },
      build: {
        outDir,
        emptyOutDir: false,
        target: 'es2022',
        rolldownOptions: {
          input: path.join(import.meta.dirname, 'web/worker/sw.ts'),
          output: { format: 'iife', entryFileNames: 'sw.js' },
        },
      },
    })
  },
})

function buildOf(bundle: Bundle, outDir: string): Build {
  const page = bundle['index.html']
  const text = page?.type === 'asset' ? String(page.source) : ''
  const [, id] = /<meta name="brook-build" content="([^"]+)"/.exec(text) ?? []
  if (id === undefined) throw new Error('the page does not say of which build it is')
  const first = firstOf(bundle)
  const hashed = [...first, ...besides].map((name) => [`/${name}`, hashOf(path.join(outDir, name))])
  const later = Object.keys(bundle).filter((name) => isKept(name) && !first.has(name))
  return { id, first: Object.fromEntries(hashed), later: later.sort().map((name) => `/${name}`) }
}

/** With all that they import, and the style of every page. */
function firstOf(bundle: Bundle): Set<string> {
  const found = new Set<string>()
  const take = (name: string): void => {
    const file = bundle[name]
    if (file === undefined || found.has(name) || !isEarly(name)) return
    found.add(name)
    if (file.type !== 'chunk') return
    file.imports.forEach(take)
    file.viteMetadata?.importedAssets.forEach(take)
    file.viteMetadata?.importedCss.forEach(take)
  }
  for (const [name, file] of Object.entries(bundle))
    if (file.type === 'asset' ? isStyleOfAll(name) : isNeeded(file)) take(name)
  return found
}

/** Not the tables of rare encodings that a PDF may have: there are hundreds. */
const isKept = (name: string): boolean => name.startsWith('assets/') && !name.endsWith('.bcmap')

/** Code and style, and the letters that everybody sees: other scripts, emoji and workers are fetched when they are used. */
const isEarly = (name: string): boolean =>
  /\.css$|inter-latin-wght/.test(name) || (name.endsWith('.js') && !name.includes('-worker-'))
const isStyleOfAll = (name: string): boolean => /^assets\/style-[\w-]+\.css$/.test(name)
const isNeeded = ({ isEntry, facadeModuleId }: Rolldown.OutputChunk): boolean =>
  isEntry || needed.some((name) => facadeModuleId?.endsWith(`/web/${name}`) === true)

const hashOf = (file: string): string =>
  `sha256-${createHash('sha256').update(readFileSync(file)).digest('base64')}`
