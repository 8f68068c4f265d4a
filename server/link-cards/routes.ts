// The HTTP routes of link cards: their pictures, removing one, and what is set of them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { onlyAdmin, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, isRefusal, refuse } from '../answer.ts'
import { hasIt, tagOf } from '../files/serving.ts'
import type { Memberships } from '../membership/memberships.ts'
import { requireRoom } from '../membership/require-room.ts'
import type { Gate } from '../posting/gate.ts'
import { served } from '../pictures/images.ts'
import { requirePass } from '../posting/require-pass.ts'
import { MessageParams, refusals, SendAnswer } from '../protocol/http.ts'
import {
  CardPictureParams,
  CardView,
  LinkCardSettings,
  LinkCardSettingsBody,
  RemoveCardBody,
} from '../protocol/link-cards.ts'
import { personOf } from '../protocol/people.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import { requireRate } from '../require-rate.ts'
import type { CardPictures } from './pictures/card-pictures.ts'
import { removeCard, type RemovingDeps } from './removing.ts'
import type { LinkCardSettingsStore } from './settings.ts'

export interface LinkCardRoutes extends RemovingDeps {
  gate: Gate
  memberships: Memberships
  pictures: CardPictures
  settings: LinkCardSettingsStore
  /** Of pictures that are shown. */
  shown: RateLimiter
}

/** For a scope that `identify` has prepared. */
export const linkCardRoutes: FastifyPluginAsyncTypebox<LinkCardRoutes> = async (app, deps) => {
  await app.register(messageRoutes, deps)
  await app.register(ownRoutes, deps)
  await app.register(workspaceRoutes, deps)
}

const messageRoutes: FastifyPluginAsyncTypebox<LinkCardRoutes> = async (app, deps) => {
  const { gate, memberships, pictures, shown } = deps
  app.addHook('preHandler', onlySignedIn)

  app.post(
    '/api/rooms/:room/messages/:seq/cards/removed',
    {
      schema: {
        tags: ['messages'],
        summary: 'Remove the card of a link, for everybody: the author or a moderator',
        params: MessageParams,
        body: RemoveCardBody,
        response: { 200: SendAnswer, ...refusals },
      },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'uncard')
      return granted(await removeCard(deps, by, { ...request.params, ...request.body }))
    },
  )

  app.get(
    '/api/rooms/:room/messages/:seq/cards/:hash',
    {
      // A page shows some dozens of them at once, and each only once.
      config: { hasOwnRate: true },
      schema: {
        tags: ['messages'],
        operationId: 'getCardPicture',
        summary: 'A picture of a link card: WebP',
        params: CardPictureParams,
        ...served,
        response: { 200: Type.Any({ description: 'the image' }), ...refusals },
      },
    },
    async (request, reply) => {
      await requireRate(shown, requireSession(request).user.id)
      await requireRoom(memberships, request)
      const { hash } = request.params
      const refusal = await pictures.refuse(request.params, hash)
      if (refusal !== undefined) return refuse(reply, refusal)
      // Kept, and asked for each time: a card that is removed is gone for everybody.
      const kept = { 'cache-control': 'private, no-cache', etag: tagOf(hash) }
      if (hasIt(request.headers['if-none-match'], hash)) return reply.code(304).headers(kept).send(null)
      const found = await pictures.read(hash)
      if (isRefusal(found)) return refuse(reply, found)
      void reply.headers(kept)
      void reply.header('x-content-type-options', 'nosniff')
      void reply.header('content-security-policy', "default-src 'none'; sandbox")
      return reply.type('image/webp').send(found)
    },
  )
}

const ownRoutes: FastifyPluginAsyncTypebox<LinkCardRoutes> = async (app, { settings }) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/me/link-cards',
    {
      schema: {
        tags: ['account'],
        operationId: 'getCardView',
        summary: 'How you want to see link cards',
        response: { 200: CardView, ...refusals },
      },
    },
    (request) => settings.viewOf(requireSession(request).user.id),
  )

  app.put(
    '/api/me/link-cards',
    {
      schema: {
        tags: ['account'],
        operationId: 'setCardView',
        summary: 'Choose how you want to see link cards: open, folded, or not at all',
        body: CardView,
        response: { 200: CardView, ...refusals },
      },
    },
    async (request) => {
      await settings.setView(requireSession(request).user.id, request.body)
      return request.body
    },
  )
}

const workspaceRoutes: FastifyPluginAsyncTypebox<LinkCardRoutes> = async (app, { settings }) => {
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/link-cards',
    {
      schema: {
        tags: ['administration'],
        operationId: 'getLinkCardSettings',
        summary: 'Whether links get cards, and the sites whose links get none',
        response: { 200: LinkCardSettings, ...refusals },
      },
    },
    () => settings.read(),
  )

  app.patch(
    '/api/admin/link-cards',
    {
      schema: {
        tags: ['administration'],
        operationId: 'changeLinkCardSettings',
        summary: 'Turn link cards on or off, and name the sites whose links get none',
        body: LinkCardSettingsBody,
        response: { 200: LinkCardSettings, ...refusals },
      },
    },
    async (request) => {
      const by = personOf(requireSession(request).user)
      return granted(await settings.change({ by, address: request.ip }, request.body))
    },
  )
}
