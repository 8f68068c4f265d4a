// The HTTP routes of polls.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn } from '../account/identify.ts'
import { granted } from '../answer.ts'
import { postAction, type Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { CidBody, MessageParams, RoomParams, SendAnswer, refusals } from '../protocol/http.ts'
import { NewPollBody, OwnVoteAnswer, OwnVotesAnswer, OwnVotesQuery, VoteBody } from '../protocol/polls.ts'
import type { Polls } from './polls.ts'

interface PollRoutes {
  polls: Polls
  gate: Gate
}

const response = { 200: SendAnswer, ...refusals } as const
const tags = ['polls']

/** For a scope that `identify` has prepared. */
export const pollRoutes: FastifyPluginAsyncTypebox<PollRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  await app.register(makingRoutes, deps)
  await app.register(votingRoutes, deps)
}

/** Creating a poll, and closing it. */
const makingRoutes: FastifyPluginAsyncTypebox<PollRoutes> = async (app, { polls, gate }) => {
  app.post(
    '/api/rooms/:room/polls',
    {
      schema: {
        tags,
        summary: 'Ask the room a question with answers to choose from',
        params: RoomParams,
        body: NewPollBody,
        response: { 201: SendAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const by = await requirePass(gate, request, postAction(request.body))
      const made = granted(await polls.make(by, { ...request.params, ...request.body }))
      return reply.code(201).send(made)
    },
  )

  app.post(
    '/api/rooms/:room/polls/:seq/close',
    {
      schema: {
        tags,
        summary: 'Close a poll: its author or a moderator',
        params: MessageParams,
        body: CidBody,
        response,
      },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'vote')
      return granted(await polls.close(by, { ...request.params, ...request.body }))
    },
  )
}

const votingRoutes: FastifyPluginAsyncTypebox<PollRoutes> = async (app, { polls, gate }) => {
  app.put(
    '/api/rooms/:room/polls/:seq/vote',
    {
      schema: { tags, summary: 'Vote, or change your vote', params: MessageParams, body: VoteBody, response },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'vote')
      return granted(await polls.vote(by, { ...request.params, ...request.body }))
    },
  )

  app.get(
    '/api/rooms/:room/polls/:seq/vote',
    {
      schema: {
        tags,
        summary: 'What you have chosen',
        params: MessageParams,
        response: { 200: OwnVoteAnswer, ...refusals },
      },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'read')
      return granted(await polls.mine(by, request.params))
    },
  )

  app.get(
    '/api/rooms/:room/polls/votes',
    {
      schema: {
        tags,
        summary: 'Your own votes in some polls of a room',
        params: RoomParams,
        querystring: OwnVotesQuery,
        response: { 200: OwnVotesAnswer, ...refusals },
      },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'read')
      const seqs = request.query.polls.split(',').map(Number)
      return { votes: granted(await polls.ofAll(by, request.params.room, seqs)) }
    },
  )
}
