// Serves the web app at every address that no other route handles: its built files and its page.
import { existsSync } from 'node:fs'
import path from 'node:path'
import serveStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { tokenOf } from './account/token.ts'
import { refuse } from './answer.ts'
import { webBuild, webFolder } from './web-build.ts'

const page = path.join(webFolder, 'index.html')

export async function serveWeb(app: FastifyInstance): Promise<void> {
  const isBuilt = existsSync(page)
  if (isBuilt) {
    await app.register(serveStatic, {
      root: webFolder,
      // The build creates them (vite.config.ts), so nothing is compressed during a request.
      preCompressed: true,
      // Built files have a content hash in their name; the page itself is revalidated each time.
      setHeaders: (reply, file) => {
        const isHashed = file.includes(`${path.sep}assets${path.sep}`)
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        if (!file.startsWith(page)) return
        void reply.header('vary', 'accept-encoding, cookie')
        if (seemsSignedIn(reply.request)) void reply.header('link', webBuild.links)
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

/** True if the request has a session token, which is not checked: nothing secret depends on it. */
const seemsSignedIn = (request: FastifyRequest): boolean => tokenOf(request) !== undefined
