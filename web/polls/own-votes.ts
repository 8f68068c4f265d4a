// What this person has chosen in the anonymous polls of a room: only the server can tell. It outlives the
// rows. It is asked for again when a vote may have come from another of their devices.
import { defineStore } from 'pinia'
import { shallowReactive, watch } from 'vue'
import type { Vote } from '../../server/protocol/polls.ts'
import { useSession } from '../account/session.ts'
import { ownVotes } from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import type { Refusal } from '../wire/refusal.ts'
import { gatherAsks, type AskDeps, type Choices } from './gathered-asks.ts'

/** A poll that is being voted on is asked about once it is quiet. */
const quietMs = 1_000
/** Spreads the requests of a thousand browsers that reconnect together. */
const reconnectWithinMs = 2_000

export interface OwnVotes {
  /** Undefined: not known yet. Reactive. */
  of: (seq: number) => Choices | undefined
  /** What `of` says, or why it cannot be learned. */
  whenKnown: (seq: number) => Promise<Choices | Refusal>
  /** A row draws this poll, until the returned function is called. */
  draw: (seq: number) => () => void
  /** A row draws these votes: asks unless they say nothing new about this person's own. */
  sees: (seq: number, votes: readonly Vote[]) => void
  /** The server has accepted this choice. */
  chose: (seq: number, choices: Choices) => void
  /** What is known may be wrong: asks again soon. */
  doubt: (seq: number) => void
  /** Votes may have been missed. */
  returned: () => void
  close: () => void
}

export function ownVotesOf(ask: AskDeps['ask']): OwnVotes {
  const known = shallowReactive(new Map<number, Choices>())
  const seen = new Map<number, readonly Vote[]>()
  /** How many rows draw a poll: the room and its thread may both. */
  const drawn = new Map<number, number>()
  const doubted = new Set<number>()
  const asks = gatherAsks({ ask, learned: (seq, choices) => known.set(seq, choices) })
  let timer: ReturnType<typeof setTimeout> | undefined

  function askIn(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      for (const seq of doubted) void asks.ask(seq)
      doubted.clear()
    }, ms)
  }

  function doubt(seq: number): void {
    doubted.add(seq)
    askIn(quietMs)
  }

  return {
    of: (seq) => known.get(seq),
    async whenKnown(seq) {
      const refused = known.has(seq) ? undefined : await (asks.pending(seq) ?? asks.ask(seq))
      return known.get(seq) ?? refused ?? { code: 'no_such_message' }
    },
    draw(seq) {
      drawn.set(seq, (drawn.get(seq) ?? 0) + 1)
      return () => {
        const others = (drawn.get(seq) ?? 1) - 1
        if (others > 0) drawn.set(seq, others)
        else drawn.delete(seq)
      }
    },
    sees(seq, votes) {
      const before = seen.get(seq) ?? []
      const own = known.get(seq)
      seen.set(seq, votes)
      if (own === undefined && asks.pending(seq) === undefined) {
        if (votes.length > 0) void asks.ask(seq)
      } else if (mayBeOwn({ before, votes, own })) doubt(seq)
    },
    chose(seq, choices) {
      asks.drop(seq)
      known.set(seq, choices)
    },
    doubt,
    returned() {
      for (const seq of drawn.keys()) doubted.add(seq)
      if (doubted.size > 0) askIn(Math.random() * reconnectWithinMs)
    },
    close: () => clearTimeout(timer),
  }
}

interface Seen {
  before: readonly Vote[]
  votes: readonly Vote[]
  own: Choices | undefined
}

/** A vote that has become what this person's own is known to be says nothing new, whoever's it is. */
function mayBeOwn({ before, votes, own }: Seen): boolean {
  if (before === votes) return false
  const then = new Map(before.map(({ voter, choices }) => [voter, String(choices)]))
  const now = new Map(votes.map(({ voter, choices }) => [voter, String(choices)]))
  return [...new Set([...then.keys(), ...now.keys()])].some((voter) => {
    const choices = now.get(voter) ?? ''
    return choices !== (then.get(voter) ?? '') && choices !== String(own)
  })
}

export const useOwnVotes = defineStore('own-votes', () => {
  const session = useSession()
  const rooms = new Map<string, OwnVotes>()

  function inRoom(room: string): OwnVotes {
    const here = rooms.get(room) ?? ownVotesOf((polls) => ownVotes(room, polls))
    rooms.set(room, here)
    return here
  }

  useLink().feed.listen((event) => {
    if (event.type === 'welcome') for (const here of rooms.values()) here.returned()
  })
  watch(
    () => session.user?.id,
    () => {
      for (const here of rooms.values()) here.close()
      rooms.clear()
    },
    { flush: 'sync' },
  )

  return { inRoom }
})
