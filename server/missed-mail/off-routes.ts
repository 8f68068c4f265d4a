// The HTTP routes of the link that turns mails off. A mail program posts to the address in the mail's header (RFC 8058), from no page
// of ours and without a session; a person opens a page, which asks first.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { Refused } from '../answer.ts'
import { refusals } from '../protocol/http.ts'
import { Closed } from '../protocol/schema.ts'
import type { OffLinks } from './off-links.ts'

export interface OffRoutes {
  links: OffLinks
  pace: onRequestAsyncHookHandler
}

const params = Closed({ code: Type.String({ maxLength: 64, description: 'of the link' }) })
const address = '/api/mail/off/:code'
const tags = ['mail']

export const offRoutes: FastifyPluginAsyncTypebox<OffRoutes> = async (app, { links, pace }) => {
  app.addHook('onRequest', pace)
  // `List-Unsubscribe=One-Click`, as a form or in parts: whatever it is, the address says it all.
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    payload.on('end', () => done(null))
    payload.on('error', done)
  })

  app.post(
    address,
    {
      schema: {
        tags,
        security: [],
        operationId: 'postMailOff',
        summary: 'Turn mails of what was missed off, by the signed link in one of them (RFC 8058)',
        params,
        response: { 200: Closed({ off: Type.Literal(true) }), ...refusals },
      },
    },
    async (request) => {
      if (!(await links.turnOff(request.params.code))) throw new Refused({ code: 'mail_over' })
      return { off: true as const }
    },
  )

  // For browsers alone: programs post. Whatever somebody puts there, it can stand in a header.
  app.get(address, { schema: { hide: true, params } }, async (request, reply) =>
    reply.redirect(`/mail#off-${encodeURIComponent(request.params.code)}`),
  )
}
