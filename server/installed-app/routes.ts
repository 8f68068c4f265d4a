// The HTTP routes of the installed app: its manifest and its icons, for everybody, signed in or not.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { preHandlerAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { WorkspaceSettings } from '../access/workspace.ts'
import { languageOf } from '../mail/words/words.ts'
import { IconQuery } from '../protocol/installed-app.ts'
import { refusals } from '../protocol/http.ts'
import { sharePath } from '../protocol/web-pages.ts'
import type { Icons } from './icons.ts'
import { manifestOf, markPath } from './manifest.ts'

export interface InstalledAppRoutes {
  settings: Pick<WorkspaceSettings, 'read'>
  icons: Icons
  /** How often somebody who is not signed in may ask. */
  knocked: preHandlerAsyncHookHandler
}

const tags = ['access']
/** One's own browser asks again whether it is still the same; an address with its version is of one icon for ever. */
const now = 'no-cache'
const forEver = 'public, max-age=31536000, immutable'

export const installedAppRoutes: FastifyPluginAsyncTypebox<InstalledAppRoutes> = async (app, deps) => {
  const { settings, icons, knocked } = deps
  app.addHook('preHandler', knocked)

  app.get(
    '/manifest.webmanifest',
    // For browsers alone, as the pages of the web app.
    { schema: { hide: true } },
    async (request, reply) => {
      const language = languageOf(request)
      void reply.header('cache-control', now).header('vary', 'accept-language')
      void reply.type('application/manifest+json; charset=utf-8')
      return reply.send(JSON.stringify(manifestOf(await settings.read(), language)))
    },
  )

  // What an app shares whose service worker is gone: it is not kept, and the page says so.
  app.addContentTypeParser('multipart/form-data', (_request, body, done) => {
    body.resume()
    done(null)
  })
  app.post(sharePath, { schema: { hide: true } }, async (_request, reply) =>
    reply.redirect('/shared/none', 303),
  )

  app.get(
    '/api/workspace/icon',
    {
      schema: {
        tags,
        security: [],
        summary:
          'The icon of the workspace as phones and desks show it: PNG; without one, it leads to that of Brook',
        querystring: IconQuery,
        produces: ['image/png'],
        response: { 200: Type.Any({ description: 'the image' }), ...refusals },
      },
    },
    async (request, reply) => {
      const { size = 192, purpose = 'any', v } = request.query
      const { image, version } = await icons.icon({ size, purpose })
      void reply.header('cache-control', v === version && image !== undefined ? forEver : now)
      if (image === undefined) return reply.redirect(markPath(size, purpose))
      return reply.type('image/png').send(image)
    },
  )
}
