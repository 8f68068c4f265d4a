// Polls: creating, voting and closing. Their effects are in protocol/entries/poll.ts.
// Invariant: no entry names the voter of an anonymous poll, nor anything that comes from their device: other people, bots and
// webhooks receive a pseudonym for this one poll. Limit: the key that makes it is in MySQL, beside the votes, so whoever can
// read MySQL can try all people.
import { createHmac } from 'node:crypto'
import { isRefusal } from '../answer.ts'
import { derivedCid } from '../derived-cid.ts'
import type { History } from '../history/history.ts'
import type { Appended } from '../log/entry.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Changes, Which } from '../posting/change.ts'
import type { Passed } from '../posting/gate.ts'
import type { Say } from '../posting/say.ts'
import { isOver } from '../protocol/entries/poll.ts'
import { errors, type Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine, nameKey } from '../protocol/names.ts'
import type { Person } from '../protocol/people.ts'
import type { NewPollBody, Poll } from '../protocol/polls.ts'
import type { ServerKeys } from '../server-keys.ts'

export interface PollDeps {
  say: Say
  changes: Changes
  history: Pick<History, 'find'>
  memberships: Pick<Memberships, 'roles'>
  keys: Pick<ServerKeys, 'of'>
}

type Outcome = Promise<Appended | Refusal>
type PollMessage = SpokenMessage & { poll: Poll }

/** The author of an anonymous vote. */
const nobody = { id: '0', name: '' }

export class Polls {
  readonly #deps: PollDeps

  constructor(deps: PollDeps) {
    this.#deps = deps
  }

  /** Posts a poll to the room or to one of its threads. */
  async make(by: Passed, { room, cid, thread, ...input }: NewPollBody & { room: string }): Outcome {
    const read = readPoll(input, Date.now())
    if (isRefusal(read)) {
      by.giveBack?.()
      return read
    }
    const { question, poll } = read
    const said = {
      room,
      cid,
      text: [question, ...poll.options].join('\n'),
      ...(thread === undefined ? {} : { thread }),
      // Sent again, it would end a little later.
      ...(input.lastsMs === undefined ? {} : { firstStands: true as const }),
    }
    return this.#deps.say.say(by, said, { type: 'poll', poll })
  }

  /**
   * Chooses exactly these from here on; an empty list withdraws the vote. An unchanged choice makes no entry, a
   * withdrawal always does: the vote that it withdraws may not have been read here yet. Answered
   * once it counts: what comes to the log after the end is refused like what comes to the server after it.
   */
  async vote(by: Passed, { choices, ...which }: Which & { choices: readonly number[] }): Outcome {
    const chosen = [...new Set(choices)].sort((a, b) => a - b)
    const found = await this.#find(which)
    if (isRefusal(found)) return found
    const { voter, person, cid } = await this.#ballot(by, which, found)
    const answer = await this.#deps.changes.change({ ...by, person }, { ...which, cid }, (message) => {
      const refusal = refuseVote(message, voter, chosen)
      if (refusal !== undefined) return refusal
      const mine = choiceOf(message, voter)
      if (chosen.length > 0 && String(mine) === String(chosen))
        return { seq: message.updatedSeq, at: Date.now() }
      const vote = { type: 'voted', target: which.seq, choices: chosen } as const
      return found.poll.anonymous === true ? { ...vote, voter } : vote
    })
    return isRefusal(answer) ? answer : ((await this.#refuseUncounted(which, voter, chosen)) ?? answer)
  }

  /** What somebody has chosen: in an anonymous poll only the server can tell them. */
  async mine(by: Passed, which: Pick<Which, 'room' | 'seq'>): Promise<{ choices: number[] } | Refusal> {
    const found = await this.#find(which)
    if (isRefusal(found)) return found
    const { voter } = await this.#ballot(by, { ...which, cid: '' }, found)
    return { choices: choiceOf(found, voter) }
  }

  /** ... in several polls of a room, by their numbers; what is no poll is left out. */
  async ofAll(
    by: Passed,
    room: string,
    seqs: readonly number[],
  ): Promise<Record<string, number[]> | Refusal> {
    const votes: Record<string, number[]> = {}
    for (const seq of new Set(seqs)) {
      const mine = await this.mine(by, { room, seq })
      if (!isRefusal(mine)) votes[seq] = mine.choices
      else if (errors[mine.code].retry) return mine
    }
    return votes
  }

  /** Closes a poll, for its author and for moderators. One that is over stays as it is. */
  async close(by: Passed, which: Which): Outcome {
    const found = await this.#find(which)
    if (isRefusal(found)) return found
    const { id } = by.person
    const isAllowed =
      found.user.id === id || (await this.#deps.memberships.roles.may('deleteOthers', id, which.room))
    if (!isAllowed) return { code: 'not_yours' }
    return this.#deps.changes.change(by, which, (message) =>
      isOver(message, Date.now())
        ? { seq: message.updatedSeq, at: Date.now() }
        : { type: 'poll_closed', target: which.seq },
    )
  }

  async #find({ room, seq }: Pick<Which, 'room' | 'seq'>): Promise<PollMessage | Refusal> {
    const message = await this.#deps.history.find(room, seq)
    if (message === undefined) return { code: 'no_such_message' }
    if (isRefusal(message)) return message
    if (message.deletedAt !== null) return { code: 'message_deleted' }
    return message.poll === undefined ? { code: 'not_a_poll' } : { ...message, poll: message.poll }
  }

  /** Who votes, as the log has it. Nothing of an anonymous vote comes from the voter or their device, not even the cid. */
  async #ballot(
    { person }: Passed,
    { room, seq, cid }: Which,
    { poll, at }: PollMessage,
  ): Promise<{ voter: string; person: Person; cid: string }> {
    if (poll.anonymous !== true) return { voter: person.id, person, cid }
    const key = await this.#deps.keys.of('votes')
    const hash = (text: string): Buffer => createHmac('sha256', key).update(text).digest()
    const voter = hash(`${room} ${seq} ${person.id}`).toString('base64url').slice(0, 16)
    return { voter, person: nobody, cid: derivedCid(at, hash(`${voter} ${cid}`)) }
  }

  async #refuseUncounted(
    which: Pick<Which, 'room' | 'seq'>,
    voter: string,
    chosen: readonly number[],
  ): Promise<Refusal | undefined> {
    const kept = await this.#find(which)
    if (isRefusal(kept) || String(choiceOf(kept, voter)) === String(chosen)) return undefined
    return refuseVote(kept, voter, chosen)
  }
}

const choiceOf = ({ votes = [] }: SpokenMessage, voter: string): number[] =>
  votes.find((vote) => vote.voter === voter)?.choices ?? []

function refuseVote(message: SpokenMessage, voter: string, chosen: readonly number[]): Refusal | undefined {
  const { poll, votes = [] } = message
  if (poll === undefined) return { code: 'not_a_poll' }
  if (isOver(message, Date.now())) return { code: 'poll_closed' }
  if (chosen.some((place) => place >= poll.options.length)) return { code: 'bad_vote' }
  if (chosen.length > 1 && poll.multiple !== true) return { code: 'bad_vote' }
  const isNew = !votes.some((vote) => vote.voter === voter)
  return isNew && votes.length >= limits.polls.voters ? { code: 'too_many_votes' } : undefined
}

type PollInput = Omit<NewPollBody, 'cid' | 'thread'>

/** The poll in its stored form, or what is wrong with it. `now`: in ms since 1970. */
function readPoll(input: PollInput, now: number): { question: string; poll: Poll } | Refusal {
  const { min, max, chars, maxMs } = limits.polls
  const question = cleanLine(input.question, chars)
  const options = input.options
    .filter((option) => option.trim() !== '')
    .map((option) => cleanLine(option, chars))
  if (question === undefined || options.some((option) => option === undefined))
    return { code: 'bad_poll', detail: `1 to ${chars} visible characters each` }
  if (options.length < min || options.length > max)
    return { code: 'bad_poll', detail: `${min} to ${max} answers` }
  const some = options.flatMap((option) => option ?? [])
  if (new Set(some.map(nameKey)).size < some.length)
    return { code: 'bad_poll', detail: 'two answers are the same' }
  const endsAt = input.lastsMs === undefined ? input.endsAt : now + input.lastsMs
  if (endsAt !== undefined && (endsAt <= now || endsAt > now + maxMs)) return { code: 'bad_end' }
  const poll: Poll = { options: some }
  if (input.multiple === true) poll.multiple = true
  if (input.anonymous === true) poll.anonymous = true
  if (endsAt !== undefined) poll.endsAt = endsAt
  return { question, poll }
}
