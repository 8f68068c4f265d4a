// The HTTP routes of slash commands: listing them, and running one without a socket.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn } from '../account/identify.ts'
import { granted } from '../answer.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { CommandAnswer, CommandBody, CommandsAnswer, RoomParams, refusals } from '../protocol/http.ts'
import type { Commands } from './commands.ts'

export interface CommandRoutes {
  commands: Commands
  gate: Gate
}

const tags = ['commands']

export const commandRoutes: FastifyPluginAsyncTypebox<CommandRoutes> = async (app, { commands, gate }) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/commands',
    {
      schema: {
        tags,
        summary: 'The available slash commands',
        response: { 200: CommandsAnswer, ...refusals },
      },
    },
    async () => ({ commands: await commands.list() }),
  )

  app.post(
    '/api/rooms/:room/commands',
    {
      schema: {
        tags,
        summary: 'Run a slash command; the answer is a message from the bot, or a note that only you see',
        params: RoomParams,
        body: CommandBody,
        response: { 200: CommandAnswer, ...refusals },
      },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'command')
      return granted(await commands.run(by, { ...request.params, ...request.body }))
    },
  )
}
