// Polls: the question, the votes, and the HTTP requests for them.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Cid, Closed, Line, Seq, Time } from './schema.ts'

const { min, max, chars } = limits.polls
const Words = Line(chars)
/** Positions in the list of answers, from 0. */
const Choices = Type.Array(Type.Integer({ minimum: 0, maximum: max - 1 }), {
  maxItems: max,
  uniqueItems: true,
})

/** The question. It is the first line of the message's text, and the answers follow it there, for search. */
export const Poll = Closed({
  options: Type.Array(Type.String(), { minItems: min, maxItems: max }),
  /** More than one answer may be chosen. */
  multiple: Type.Optional(Type.Literal(true)),
  /** Nobody can see who has voted for what, and no store has it. */
  anonymous: Type.Optional(Type.Literal(true)),
  /** Votes after it do not count. */
  endsAt: Type.Optional(Time),
})

/** Somebody's choice. `voter`: their id or, in an anonymous poll, a name that stands for them only there. */
export const Vote = Closed({
  voter: Type.String(),
  name: Type.Optional(Type.String()),
  choices: Choices,
})

/** What a poll has beyond other messages; the last two once somebody has voted, or closed it. */
export const pollFields = {
  poll: Type.Optional(Poll),
  votes: Type.Optional(Type.Array(Vote)),
  closedAt: Type.Optional(Time),
}

export const NewPollBody = Closed({
  cid: Cid,
  question: Words,
  options: Type.Array(Words, { minItems: min, maxItems: max }),
  multiple: Type.Optional(Type.Boolean()),
  anonymous: Type.Optional(Type.Boolean()),
  endsAt: Type.Optional(Time),
  /** Instead of `endsAt`: how long it is open, by the server's clock. */
  lastsMs: Type.Optional(Type.Integer({ minimum: 60_000, maximum: limits.polls.maxMs })),
  thread: Type.Optional(Seq),
})
/** The whole current choice; an empty list withdraws the vote. */
export const VoteBody = Closed({ cid: Cid, choices: Choices })
export const OwnVoteAnswer = Closed({ choices: Choices })
/** Numbers of polls, apart by commas. */
export const OwnVotesQuery = Closed({
  polls: Type.String({
    pattern: '^[0-9]{1,15}(,[0-9]{1,15}){0,49}$',
    description: 'up to 50 numbers of polls, with commas',
  }),
})
/** By the numbers of the polls; what is no poll is left out. */
export const OwnVotesAnswer = Closed({ votes: Type.Record(Type.String(), Choices) })

export type Poll = Static<typeof Poll>
export type Vote = Static<typeof Vote>
export type NewPollBody = Static<typeof NewPollBody>
export type OwnVoteAnswer = Static<typeof OwnVoteAnswer>
export type OwnVotesAnswer = Static<typeof OwnVotesAnswer>
