// The HTTP routes of the workspace's own emoji.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, Refused, refuse } from '../answer.ts'
import {
  CustomEmojiAnswer,
  CustomEmojiBody,
  CustomEmojiImageQuery,
  CustomEmojiListAnswer,
  CustomEmojiParams,
  NewCustomEmojiQuery,
} from '../protocol/custom-emoji.ts'
import { consumed, requireImage, sendImage, served, takeImages } from '../pictures/images.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { customEmojiLimits } from '../protocol/custom-emoji-limits.ts'
import type { RateLimiter, SharedRateLimiter } from '../rate-limiter.ts'
import { requireRate } from '../require-rate.ts'
import type { ChangingEmoji, CustomEmojis } from './custom-emoji.ts'
import { emojiImageOf, tooLarge } from './emoji-image.ts'

export interface CustomEmojiRoutes {
  emoji: CustomEmojis
  pictures: Pictures
  /** Of uploads. */
  pace: SharedRateLimiter
  /** Of images that are shown. */
  shown: RateLimiter
}

const tags = ['emoji']
const changingOf = (request: FastifyRequest): ChangingEmoji => ({
  by: requireSession(request).user,
  address: request.ip,
})

/** For a scope that `identify` has prepared. */
export const customEmojiRoutes: FastifyPluginAsyncTypebox<CustomEmojiRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  await app.register(readRoutes, deps)
  await app.register(uploadRoute, deps)
  await app.register(changeRoutes, deps)
}

const readRoutes: FastifyPluginAsyncTypebox<CustomEmojiRoutes> = async (app, { emoji, shown }) => {
  app.get(
    '/api/emoji',
    {
      schema: {
        tags,
        summary: "All of the workspace's own emoji",
        response: { 200: CustomEmojiListAnswer, ...refusals },
      },
    },
    (request) => emoji.list(requireSession(request).user),
  )

  app.get(
    '/api/emoji/:custom/image',
    {
      // A picker shows a hundred of them at once, and each only once.
      config: { hasOwnRate: true },
      schema: {
        tags,
        summary: `The image of an emoji: WebP, ${customEmojiLimits.sizePx} pixels wide and high`,
        params: CustomEmojiParams,
        querystring: CustomEmojiImageQuery,
        ...served,
        response: { 200: Type.Any({ description: 'the image' }), ...refusals },
      },
    },
    async (request, reply) => {
      await requireRate(shown, requireSession(request).user.id)
      const { v, still } = request.query
      return sendImage(reply, await emoji.image(request.params.custom, still === '1'), v)
    },
  )
}

const uploadRoute: FastifyPluginAsyncTypebox<CustomEmojiRoutes> = async (app, { emoji, pictures, pace }) => {
  takeImages(app, { maxBytes: customEmojiLimits.uploadBytes, tooLarge })

  app.post(
    '/api/emoji',
    {
      schema: {
        tags,
        summary: 'Add an emoji: JPEG, PNG, WebP or GIF, which is made square and written anew; it may move',
        querystring: NewCustomEmojiQuery,
        ...consumed,
        response: { 201: CustomEmojiAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const changing = changingOf(request)
      // Before anybody's image is looked at.
      if (!(await emoji.mayAdd(changing.by))) throw new Refused({ code: 'no_emoji_right' })
      const upload = requireImage(request)
      await requireRate(pace, changing.by.id)
      const image = granted(await emojiImageOf({ pictures, person: changing.by.id }, upload, request.signal))
      return reply.code(201).send({ emoji: granted(await emoji.add(changing, request.query.name, image)) })
    },
  )
}

const changeRoutes: FastifyPluginAsyncTypebox<CustomEmojiRoutes> = async (app, { emoji }) => {
  app.patch(
    '/api/emoji/:custom',
    {
      schema: {
        tags,
        summary:
          'Rename an emoji, or give it other names; where it was used under a name that is gone, the name is shown',
        params: CustomEmojiParams,
        body: CustomEmojiBody,
        response: { 200: CustomEmojiAnswer, ...refusals },
      },
    },
    async (request) => ({
      emoji: granted(await emoji.change(changingOf(request), request.params.custom, request.body)),
    }),
  )

  app.delete(
    '/api/emoji/:custom',
    {
      schema: {
        tags,
        summary: 'Remove an emoji; where it was used, its name is shown',
        params: CustomEmojiParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const refusal = await emoji.remove(changingOf(request), request.params.custom)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}
