// The HTTP routes of slash commands: what there is, and asking for one without a socket.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import type { Pace } from '../pace.ts'
import { CommandAnswer, CommandBody, CommandsAnswer, ErrorAnswer, RoomParams } from '../protocol/http.ts'
import { personOf } from '../protocol/people.ts'
import type { Commands } from './commands.ts'

export interface CommandRoutes {
  commands: Commands
  isMember: (userId: string, room: string) => Promise<boolean>
  /** The pace of messages: a command is one. */
  sends: Pace
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const tags = ['commands']

export const commandRoutes: FastifyPluginAsyncTypebox<CommandRoutes> = async (
  app,
  { commands, isMember, sends },
) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/commands',
    { schema: { tags, summary: 'What may follow a slash', response: { 200: CommandsAnswer, ...refusals } } },
    async () => ({ commands: await commands.list() }),
  )

  app.post(
    '/api/rooms/:room/commands',
    {
      schema: {
        ...{
          tags,
          summary: 'Ask for a command; its answer is a message of the bot, or a note for you alone',
        },
        ...{ params: RoomParams, body: CommandBody, response: { 200: CommandAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { room } = request.params
      if (!(await isMember(user.id, room))) return refuse(reply, { code: 'not_found' })
      const wait = sends.take(user.id)
      if (wait > 0) return refuse(reply, { code: 'too_many', retryAfterMs: wait })
      const { body } = request
      const told = await commands.run(personOf(user), { room, ...body })
      return isRefusal(told) ? refuse(reply, told) : told
    },
  )
}
