// The web app, at every address that is nothing else: its built files, and its page.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import serveStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { tokenOf } from './account/token.ts'
import { refuse } from './answer.ts'
import { root } from './root.ts'

const web = path.join(root, 'dist/web')
const page = path.join(web, 'index.html')

export async function serveWeb(app: FastifyInstance): Promise<void> {
  const isBuilt = existsSync(page)
  if (isBuilt) {
    const inside = insideLinks()
    await app.register(serveStatic, {
      root: web,
      // The build lays them beside the files (vite.config.ts): nothing is compressed while somebody waits.
      preCompressed: true,
      // Built files carry a hash of their content in their name; the page itself is asked for each time.
      setHeaders: (reply, file) => {
        const isHashed = file.includes(`${path.sep}assets${path.sep}`)
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        if (!file.startsWith(page)) return
        void reply.header('vary', 'accept-encoding, cookie')
        if (seemsIn(reply.request)) void reply.header('link', inside)
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === 'GET' && !/^\/(api|assets|metrics|healthz|readyz)(\/|\?|$)/.test(request.url)
    if (!isPage || !isBuilt) return refuse(reply, { code: 'not_found' })
    return reply.header('cache-control', 'no-cache').sendFile('index.html')
  })
}

/** By the look of it: nothing is given away, so nobody is asked. */
const seemsIn = (request: FastifyRequest): boolean => tokenOf(request) !== undefined

interface Built {
  file: string
  imports?: string[]
}

/**
 * What the page of somebody who is in will want, told with the page, in the order it is wanted: the code of the entry, in which
 * all begins, that of the inside, and the first thing it asks. Otherwise they are found one after the other.
 */
function insideLinks(): string {
  const manifest = JSON.parse(readFileSync(path.join(web, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    Built
  >
  const parts = (key: string, found = new Set<string>()): Set<string> => {
    if (found.has(key)) return found
    found.add(key)
    for (const other of manifest[key]?.imports ?? []) parts(other, found)
    return found
  }
  const files = [...parts('inside.ts', parts('index.html'))].map((key) => manifest[key]?.file)
  return [
    ...files.map((file) => `</${file}>; rel=modulepreload`),
    '</api/rooms>; rel=preload; as=fetch; crossorigin',
  ].join(', ')
}
