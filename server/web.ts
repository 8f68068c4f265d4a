// Serves the web app at every address that no other route handles: its built files and its page.
import { existsSync } from 'node:fs'
import path from 'node:path'
import serveStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { tokenOf } from './account/token.ts'
import { refuse } from './answer.ts'
import { isPageOfApp } from './protocol/web-pages.ts'
import { webBuild, webFolder } from './web-build.ts'

const page = path.join(webFolder, 'index.html')

/** `methodsOf`: those that a path takes, of all other routes. */
export async function serveWeb(app: FastifyInstance, methodsOf: (path: string) => string[]): Promise<void> {
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
        // Trap: without this header, a 304 leaves a browser with that of whoever was signed in before.
        void reply.header('link', seemsSignedIn(reply.request) ? webBuild.links : '')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const [path = '/'] = request.url.split('?')
    const isPage = isBuilt && isPageOfApp(path)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isPage && isRead) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    const methods = isPage ? ['GET', 'HEAD'] : methodsOf(path)
    if (methods.length === 0 || methods.includes(request.method)) return refuse(reply, { code: 'not_found' })
    return refuse(reply.header('allow', methods.join(', ')), { code: 'method_not_allowed' })
  })
}

/** True if the request has a session token, which is not checked: nothing secret depends on it. */
const seemsSignedIn = (request: FastifyRequest): boolean => tokenOf(request) !== undefined
