// The built web app: which build it is, and what its page needs first. It may be built anew under a running server.
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.ts'

interface Built {
  file: string
  imports?: string[]
}

/** How often the disk is asked whether there is another build. */
const lookEveryMs = 1_000

export class WebBuild {
  readonly #folder: string
  #lookedAt = -Infinity
  #builtAt = 0
  #id: string | undefined
  #links = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  /** As the page itself has it (vite.config.ts); undefined: nothing is built. */
  get id(): string | undefined {
    this.#look()
    return this.#id
  }

  /**
   * The Link header of the page for a signed-in person: what the page will request, in that order: the code of the sign-in page,
   * which starts everything, that of the app shell, and the first API call. Otherwise they are discovered one after the other.
   */
  get links(): string {
    this.#look()
    return this.#links
  }

  #look(): void {
    if (performance.now() - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = performance.now()
    const page = path.join(this.#folder, 'index.html')
    const builtAt = statSync(page, { throwIfNoEntry: false })?.mtimeMs
    if (builtAt === undefined || builtAt === this.#builtAt) return
    try {
      this.#id = /<meta name="brook-build" content="([^"]+)"/.exec(readFileSync(page, 'utf8'))?.[1]
      this.#links = this.#preloadLinks()
      this.#builtAt = builtAt
    } catch {
      // It is being built: the next look finds it whole.
    }
  }

  #preloadLinks(): string {
    const text = readFileSync(path.join(this.#folder, '.vite/manifest.json'), 'utf8')
    const manifest = JSON.parse(text) as Record<string, Built>
    const parts = (key: string, found = new Set<string>()): Set<string> => {
      if (found.has(key)) return found
      found.add(key)
      for (const other of manifest[key]?.imports ?? []) parts(other, found)
      return found
    }
    const files = [...parts('app-shell.ts', parts('index.html'))].map((key) => manifest[key]?.file)
    return [
      ...files.map((file) => `</${file}>; rel=modulepreload`),
      '</api/rooms>; rel=preload; as=fetch; crossorigin',
    ].join(', ')
  }
}

export const webFolder = path.join(root, 'dist/web')
export const webBuild = new WebBuild(webFolder)
