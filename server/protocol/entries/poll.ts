// Polls: a question with answers to choose from, the votes, and the end.
import type { SpokenMessage } from '../http.ts'
import { limits } from '../limits.ts'
import type { MessageBody } from '../message.ts'
import type { Poll, Vote } from '../polls.ts'
import { changeOf, type Change, type ChangeKind, type Common, type SpokenKind } from './kind.ts'
import { said, spoken } from './message.ts'

/** `text`: the question, and each answer on a line of its own. */
export interface PollEvent extends MessageBody, Common {
  type: 'poll'
  at: number
  poll: Poll
}

/** Somebody's whole choice from here on. `voter`: who, in an anonymous poll, where `user` is nobody. */
export interface VotedEvent extends Change {
  type: 'voted'
  choices: number[]
  voter?: string
}

export interface PollClosedEvent extends Change {
  type: 'poll_closed'
}

export const poll: SpokenKind<PollEvent> = {
  makes: 'message',
  isFixed: true,
  parse(common, body, read) {
    const whole = read(body, common.seq)
    const { poll: asked } = body
    if (whole === undefined) return 'no text'
    if (!isPoll(asked)) return 'a bad poll'
    return { type: 'poll', ...common, ...whole, poll: asked, at: whole.at ?? common.at }
  },
  toMessage: ({ type: kind, ...event }) => ({ kind, ...spoken(event) }),
  toEvent(room, { kind: _kind, votes: _votes, closedAt: _at, poll: asked = { options: [] }, ...row }) {
    return { type: 'poll', ...said(room, row), poll: asked }
  },
  words(message) {
    const answers =
      message.poll?.options.map((option, place) => `○ ${option}${votesFor(message, place)}`) ?? []
    return [questionOf(message), ...answers].join('\n')
  },
}

export const voted: ChangeKind<VotedEvent> = {
  makes: 'change',
  words: 'kept',
  state: ['votes'],
  parse(common, body) {
    const change = changeOf('voted', common, body)
    const { choices, voter } = body
    if (typeof change === 'string') return change
    if (!Array.isArray(choices) || !choices.every(Number.isSafeInteger)) return 'bad choices'
    return Object.assign(change, { choices: choices as number[] }, typeof voter === 'string' ? { voter } : {})
  },
  fold(message, { user, voter, choices, at }) {
    if (message.poll === undefined || isOver(message, at)) return message
    const vote: Vote = voter === undefined ? { voter: user.id, name: user.name, choices } : { voter, choices }
    const others = (message.votes ?? []).filter((one) => one.voter !== vote.voter)
    // Of many at once, some may have passed the check that the server makes before.
    const isNew = others.length === (message.votes ?? []).length
    if (isNew && others.length >= limits.polls.voters) return message
    return { ...message, votes: choices.length === 0 ? others : [...others, vote] }
  },
}

export const pollClosed: ChangeKind<PollClosedEvent> = {
  makes: 'change',
  words: 'kept',
  state: ['closedAt'],
  parse: (common, body) => changeOf('poll_closed', common, body),
  fold: (message, { at }) =>
    message.poll === undefined || isOver(message, at) ? message : { ...message, closedAt: at },
}

/** After this, votes no longer count. */
export const isOver = (
  { poll: asked, closedAt }: Pick<SpokenMessage, 'poll' | 'closedAt'>,
  now: number,
): boolean => closedAt !== undefined || (asked?.endsAt !== undefined && now >= asked.endsAt)

export const questionOf = ({ text }: Pick<SpokenMessage, 'text'>): string => text.split('\n', 1)[0] ?? ''

/** " · 2 (Ann, Bob)"; in an anonymous poll " · 2"; empty without votes. */
function votesFor({ votes = [] }: SpokenMessage, place: number): string {
  const chosen = votes.filter(({ choices }) => choices.includes(place))
  const names = chosen.flatMap(({ name }) => name ?? [])
  if (chosen.length === 0) return ''
  return ` · ${chosen.length}${names.length === 0 ? '' : ` (${names.join(', ')})`}`
}

function isPoll(raw: unknown): raw is Poll {
  if (typeof raw !== 'object' || raw === null) return false
  const { options, endsAt } = raw as Record<string, unknown>
  const isList = Array.isArray(options) && options.every((option) => typeof option === 'string')
  return isList && (endsAt === undefined || Number.isSafeInteger(endsAt))
}
