// The HTTP routes of what people do with a message, for bots and curl: the same path as the socket's commands.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../../account/identify.ts'
import { isRefusal, refuse } from '../../answer.ts'
import type { Appended } from '../../log/entry.ts'
import type { Memberships } from '../../membership/memberships.ts'
import type { Pace } from '../../pace.ts'
import type { Refusal } from '../../protocol/errors.ts'
import {
  CidBody,
  EditBody,
  ErrorAnswer,
  MessageParams,
  ReactionParams,
  SendAnswer,
} from '../../protocol/http.ts'
import { personOf, type Person, type User } from '../../protocol/people.ts'
import type { Changes } from '../../room/changes.ts'

export interface ChangeRoutes {
  memberships: Memberships
  changes: Changes
  sends: Pace
  /** Of bots. */
  botSends: Pace
}

const response = { 200: SendAnswer, '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const tags = ['messages']

/** Why this person may not say anything in this room right now; undefined when they may. */
export async function refuseSpeech(
  { memberships, sends, botSends }: Pick<ChangeRoutes, 'memberships' | 'sends' | 'botSends'>,
  user: User,
  room: string,
): Promise<Refusal | undefined> {
  const seen = await memberships.find(user.id, room)
  if (seen === undefined) return { code: 'not_found' }
  if (seen.role === null) return { code: 'not_allowed' }
  const wait = (user.bot === true ? botSends : sends).take(user.id)
  return wait > 0 ? { code: 'too_many', retryAfterMs: wait } : undefined
}

/** Stands in a scope where nobody passes who is not signed in. */
export const changeRoutes: FastifyPluginAsyncTypebox<ChangeRoutes> = async (app, parts) => {
  const { changes } = parts

  const make = async (
    user: User,
    room: string,
    change: (person: Person) => Promise<Appended | Refusal>,
  ): Promise<Appended | Refusal> => {
    const refusal = await refuseSpeech(parts, user, room)
    return refusal ?? change(personOf(user))
  }

  app.patch(
    '/api/rooms/:room/messages/:seq',
    {
      schema: {
        ...{ tags, summary: 'Give one of your messages another text' },
        ...{ params: MessageParams, body: EditBody, response },
      },
    },
    async (request, reply) => {
      const { room, seq } = request.params
      const made = await make(requireSession(request).user, room, (person) =>
        changes.edit(person, { room, seq, ...request.body }),
      )
      return isRefusal(made) ? refuse(reply, made) : made
    },
  )

  app.delete(
    '/api/rooms/:room/messages/:seq',
    {
      schema: {
        ...{ tags, summary: 'Delete a message; its number stays' },
        ...{ params: MessageParams, body: CidBody, response },
      },
    },
    async (request, reply) => {
      const { room, seq } = request.params
      const made = await make(requireSession(request).user, room, (person) =>
        changes.delete(person, { room, seq, ...request.body }),
      )
      return isRefusal(made) ? refuse(reply, made) : made
    },
  )

  for (const [method, on] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const)
    app.route({
      method,
      url: '/api/rooms/:room/messages/:seq/reactions/:emoji',
      schema: {
        ...{ tags, summary: on ? 'React with an emoji' : 'Take a reaction off' },
        ...{ params: ReactionParams, body: CidBody, response },
      },
      handler: async (request, reply) => {
        const { room, seq, emoji } = request.params
        const made = await make(requireSession(request).user, room, (person) =>
          changes.react(person, { room, seq, emoji, on, ...request.body }),
        )
        return isRefusal(made) ? refuse(reply, made) : made
      },
    })
}
