// What the source has on a message besides its text, as changes of the message here: reactions, its pin, and the votes and the
// end of a poll. What is here already makes none.
import type { BulkDraft } from '../log/bulk.ts'
import type { DraftBody } from '../log/entry.ts'
import { newCid } from '../protocol/cid.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import { reactionKey, type KnownMessage } from './known.ts'
import type { Account } from './people.ts'
import type { Refuse, SourceMessage } from './source.ts'

export interface ChangeCounts {
  reactions: number
  pins: number
  votes: number
}

export interface ChangesDeps {
  /** The room's id here. */
  room: string
  counts: ChangeCounts
  refuse: Refuse
  /** How many pins the room has. */
  pins: number
}

export type KnownState = Pick<KnownMessage, 'reactions' | 'pin' | 'voters' | 'isClosed'>

const nothing: KnownState = { reactions: new Map(), pin: undefined, voters: new Set(), isClosed: false }
/** Author of a change that nobody here has made. */
const nobody: Person = { id: '0', name: '' }

/** The people that these messages name, by their refs: each needs an account. */
export const peopleOn = (messages: readonly SourceMessage[]): string[] =>
  messages.flatMap(({ author, reactions, pinnedBy, poll }) => [
    author,
    ...reactions.flatMap(({ people }) => people),
    ...(pinnedBy === undefined ? [] : [pinnedBy]),
    ...(poll === undefined || poll.anonymous === true ? [] : poll.votes.map(({ voter }) => voter)),
  ])

export class Changes {
  readonly #deps: ChangesDeps
  #pins: number

  constructor(deps: ChangesDeps) {
    this.#deps = deps
    this.#pins = deps.pins
  }

  /** Of message `target`. `known`: what MySQL has of it; none: it is new. */
  of(
    message: SourceMessage,
    target: number,
    accounts: ReadonlyMap<string, Account>,
    known: KnownState = nothing,
  ): BulkDraft[] {
    return [
      ...this.#reactions(message, target, accounts, known),
      ...this.#pin(message, target, accounts, known),
      ...this.#votes(message, target, accounts, known),
    ]
  }

  #draft(user: Person, body: DraftBody): BulkDraft {
    return { room: this.#deps.room, user: { id: user.id, name: user.name }, cid: newCid(), body }
  }

  /** Reactions that are new, and those that somebody from the source has withdrawn there. */
  #reactions(
    { reactions }: SourceMessage,
    target: number,
    accounts: ReadonlyMap<string, Account>,
    { reactions: known }: KnownState,
  ): BulkDraft[] {
    const drafts: BulkDraft[] = []
    const draft = (user: Account, emoji: string, on: boolean): void =>
      void drafts.push(this.#draft(user, { type: 'reacted', target, emoji, on }))
    const there = new Set<string>()
    for (const { emoji, people: who } of reactions.slice(0, limits.reactions.kinds)) {
      for (const ref of new Set(who)) {
        const account = accounts.get(ref)
        if (account === undefined || there.size >= limits.reactions.total) continue
        const key = reactionKey(emoji, account.id)
        there.add(key)
        if (!known.has(key)) draft(account, emoji, true)
      }
    }
    for (const [key, { emoji, userId, userName, isImported }] of known)
      if (isImported && !there.has(key)) draft({ id: userId, name: userName }, emoji, false)
    this.#deps.counts.reactions += drafts.length
    return drafts
  }

  /** A pin that was taken away here stays away; one from the source goes when it went there. */
  #pin(
    { pinnedBy, place }: SourceMessage,
    target: number,
    accounts: ReadonlyMap<string, Account>,
    { pin }: KnownState,
  ): BulkDraft[] {
    if (pinnedBy === undefined) {
      if (pin?.isOn !== true || !pin.isImported) return []
      this.#pins -= 1
      return [this.#draft({ id: pin.userId, name: pin.userName }, { type: 'pinned', target, on: false })]
    }
    if (pin !== undefined) return []
    if (this.#pins >= limits.pins) {
      const why = `its pin is not imported: a room has at most ${limits.pins} pinned messages`
      this.#deps.refuse({ place, why, expected: false })
      return []
    }
    this.#pins += 1
    this.#deps.counts.pins += 1
    return [this.#draft(accounts.get(pinnedBy) ?? nobody, { type: 'pinned', target, on: true })]
  }

  /** Whoever has voted here keeps that vote. */
  #votes(
    { author, poll, place }: SourceMessage,
    target: number,
    accounts: ReadonlyMap<string, Account>,
    { voters, isClosed }: KnownState,
  ): BulkDraft[] {
    if (poll === undefined || isClosed) return []
    const drafts: BulkDraft[] = []
    for (const { voter, choices } of poll.votes.slice(0, limits.polls.voters)) {
      const person = poll.anonymous === true ? nobody : accounts.get(voter)
      if (person === undefined || voters.has(poll.anonymous === true ? voter : person.id)) continue
      const vote = { type: 'voted', target, choices } as const
      drafts.push(this.#draft(person, poll.anonymous === true ? { ...vote, voter } : vote))
    }
    this.#deps.counts.votes += drafts.length
    // Invariant: nobody votes twice. The names of an anonymous poll's voters are not those that they would have here.
    const isOver = poll.anonymous === true && poll.votes.length > 0
    if (isOver && !poll.isClosed)
      this.#deps.refuse({ place, why: 'an anonymous poll with votes is closed here', expected: true })
    if (poll.isClosed || isOver)
      drafts.push(this.#draft(accounts.get(author) ?? nobody, { type: 'poll_closed', target }))
    return drafts
  }
}
