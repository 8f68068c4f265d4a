// The gate: may this person do this here, now? Every way in passes it: the socket, HTTP, slash commands, bots and
// incoming webhooks. It owns the rates; memberships know a person's standing, and protocol/rights.ts what it permits.
//
// Checked here for all ways, in this order:
// 1. The rate, before anything is looked up: `too_many`. People use `rates.send`, also for their slash commands; bots
//    use `rates.botSend`, by any way; a webhook uses `rates.hook`, one for each hook.
// 2. The room. A room that does not exist and a private one that the person is not in look the same: `not_found`.
//    A public room that they are not in: `not_allowed`. A webhook posts only in its own room, not once it is
//    removed, and not once whoever made it may not manage it any more: `not_allowed`.
// 3. The right that the action needs, as MySQL has it at this moment: `not_allowed`.
// 4. What holds in the room (restrictions.ts): `archived`, `read_only`, `slow_mode`.
// 5. In a direct room of two, whether they may write to the other (directs/writing.ts): `cannot_write`, `you_blocked`.
// A ban comes before all of these: `banned`.
//
// What depends on the message itself (not yours, deleted, full) is checked by change.ts and say.ts, after the gate.
import { isRefusal } from '../answer.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { banned, type Refusal } from '../protocol/errors.ts'
import type { KeptOut } from '../protocol/moderation.ts'
import { rates } from '../protocol/rates.ts'
import { personOf, type Actor, type Person, type User } from '../protocol/people.ts'
import type { NewcomerRules } from '../access/newcomers.ts'
import type { NewcomerRight } from '../protocol/newcomers.ts'
import type { RoomRule, RoomRules } from '../membership/room-rules.ts'
import { may, type Right, type Standing } from '../protocol/rights.ts'
import { isSeenByAll } from '../protocol/room-kinds.ts'
import type { Writing } from '../directs/writing.ts'
import { RateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Restricted, Restrictions } from './restrictions.ts'

interface Rule extends Restricted {
  rate: 'send' | 'read' | 'typing'
  /** Needed besides being in the room. */
  right?: Right
  /** It reaches the others of the room: not those to whom this person may not write. */
  reaches?: true
  /** Permission and membership are decided by membership/ with the room locked; here only the rate counts. */
  decidedBy?: 'membership'
}

/** What can be done in a room. A new action is a line here. */
export const actions = {
  say: { rate: 'send', isTalk: true, reaches: true },
  reply: { rate: 'send', isTalk: true, reaches: true },
  edit: { rate: 'send', rewrites: true, reaches: true },
  delete: { rate: 'send' },
  /** Remove the card of a link. */
  uncard: { rate: 'send' },
  react: { rate: 'send', reaches: true },
  vote: { rate: 'send', reaches: true },
  pin: { rate: 'send', right: 'pin', reaches: true },
  command: { rate: 'send', isTalk: true, reaches: true },
  /** The right it needs depends on the settings: see protocol/rights.ts. */
  set: { rate: 'send' },
  topic: { rate: 'send', rewrites: true },
  /** Settings of an archived room, with which it is used again. */
  restore: { rate: 'send', inArchived: true },
  join: { rate: 'send', decidedBy: 'membership' },
  leave: { rate: 'send', decidedBy: 'membership', inArchived: true },
  bringIn: { rate: 'send', decidedBy: 'membership' },
  remove: { rate: 'send', decidedBy: 'membership', inArchived: true },
  role: { rate: 'send', decidedBy: 'membership', inArchived: true },
  /** Decided by deleted-rooms/, with the room locked. */
  deleteRoom: { rate: 'send', decidedBy: 'membership', inArchived: true },
  read: { rate: 'read', inArchived: true },
  /** Follow a thread, or unfollow it. */
  follow: { rate: 'read', inArchived: true },
  /** Set something in the room for oneself. */
  tune: { rate: 'read', inArchived: true },
  /** Take a direct room out of one's list, and put it back. */
  close: { rate: 'read', inArchived: true },
  /** Agree that a direct room becomes a private one, or not. */
  convert: { rate: 'send' },
  type: { rate: 'typing', reaches: true },
} as const satisfies Record<string, Rule>

export type Action = keyof typeof actions

/** A webhook, which posts in one room. Its secret was checked before. */
export interface HookActor {
  hook: string
  room: string
  /** The name and icon of its messages. */
  person: Person
  /** Undefined: not known, so it has no rights to lose. */
  maker?: HookMaker | undefined
}

/** Whoever made a webhook, with their standing in its room. It may say what they may, as long as they may manage it. */
export type HookMaker = Actor & Standing

export interface Attempt {
  actor: Actor | HookActor
  action: Action
  room: string
  /** Rights needed besides the action's own. */
  rights?: readonly Right[] | undefined
  /** Rooms that the actor is known to be in at this moment, as the log moved them: no store is queried for these. */
  isIn?: { has: (room: string) => boolean }
  /** Of a request that may be repeated. */
  cid?: string | undefined
}

/** A person who has passed, as others see them. `admin`: an administrator of this Brook. */
export interface Passed {
  person: Person
  admin: boolean
  /** What they may not do, as a guest or because they have only just joined. */
  lacks?: readonly NewcomerRight[]
  /** When they came, where it is known. */
  since?: number
  /** To be called when nothing came of it. */
  giveBack?: () => void
}

export interface GateDeps {
  memberships: Pick<Memberships, 'find' | 'standing'>
  bans?: Pick<BanList, 'of' | 'isOutOf'>
  newcomerRules?: Pick<NewcomerRules, 'lackedBy'>
  /** What holds in rooms. */
  rules?: Pick<RoomRules, 'of'>
  restrictions?: Restrictions
  /** Who may write to whom. */
  writing?: Pick<Writing, 'refuse'>
  rateLimits?: RateLimiterOptions
}

/** Posting in a room is one action, in a thread another. */
export const postAction = ({ thread }: { thread?: number | undefined }): Action =>
  thread === undefined ? 'say' : 'reply'

export class Gate {
  readonly #memberships: GateDeps['memberships']
  readonly #bans: GateDeps['bans']
  readonly #newcomerRules: GateDeps['newcomerRules']
  readonly #rules: GateDeps['rules']
  readonly #restrictions: GateDeps['restrictions']
  readonly #writing: GateDeps['writing']
  readonly #passing = new Map<string, Promise<Passed | Refusal>>()
  readonly #rates: Record<'send' | 'botSend' | 'hook' | 'read' | 'typing', RateLimiter>

  constructor({ memberships, bans, newcomerRules, rules, restrictions, writing, rateLimits }: GateDeps) {
    this.#writing = writing
    this.#newcomerRules = newcomerRules
    this.#rules = rules
    this.#restrictions = restrictions
    this.#memberships = memberships
    this.#bans = bans
    this.#rates = {
      send: new RateLimiter(rates.send, rateLimits),
      botSend: new RateLimiter(rates.botSend, rateLimits),
      hook: new RateLimiter(rates.hook, rateLimits),
      read: new RateLimiter(rates.read, rateLimits),
      typing: new RateLimiter(rates.typing, rateLimits),
    }
  }

  /**
   * Lets somebody do one thing once. A refusal consumes no rate, unless it came after the rate was taken. Invariant:
   * nothing is awaited if `isIn` has the room, no right is needed and nothing special holds in it, so messages of one socket
   * keep their order.
   * @throws if MySQL is down and the cache has no answer
   */
  async pass(attempt: Attempt): Promise<Passed | Refusal> {
    const { actor, action, room } = attempt
    const rule: Rule = actions[action]
    const ban = this.#banOf(actor)
    if (ban !== undefined) return banned(ban)
    const wait = this.#take(actor, rule)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    const held = this.#rules?.of(room)
    if ('hook' in actor) return this.#passHook(actor, room, held)
    const lacks = this.#newcomerRules?.lackedBy(actor)
    const passed: Passed = {
      person: personOf(actor),
      admin: actor.admin,
      ...(lacks && { lacks }),
      ...('since' in actor && { since: actor.since }),
    }
    if (lacks !== undefined && isLacking(lacks, action, attempt.rights)) return { code: 'not_for_newcomers' }
    if (rule.decidedBy === 'membership')
      return held?.archived === true && rule.inArchived !== true ? { code: 'archived' } : passed
    const rights = [...(rule.right === undefined ? [] : [rule.right]), ...(attempt.rights ?? [])]
    const silenced = rule.reaches === true ? this.#writing?.refuse(actor.id, room) : undefined
    if (isRefusal(silenced)) return silenced
    const isKnownIn = rights.length === 0 && attempt.isIn?.has(room) === true
    if (held !== undefined || silenced !== undefined) {
      const writing = { room, user: actor.id, action, cid: attempt.cid, isBot: actor.bot === true }
      return this.#inTurn(actor, room, async () => {
        const refusal = await silenced
        if (refusal !== undefined) return refusal
        if (held === undefined && isKnownIn) return passed
        const member = await this.#passMember(actor, room, rights)
        if (isRefusal(member) || held === undefined) return isRefusal(member) ? member : passed
        const outcome = await this.#restrictions?.refuse(held, rule, writing, member)
        return isRefusal(outcome) ? outcome : { ...passed, ...outcome }
      })
    }
    if (isKnownIn) return passed
    const member = await this.#passMember(actor, room, rights)
    return isRefusal(member) ? member : passed
  }

  #banOf(actor: Actor | HookActor): KeptOut | undefined {
    if (!('hook' in actor)) return this.#bans?.of({ user: actor })
    return (
      this.#bans?.of({ user: { ...actor.person, admin: false } }) ?? this.#bans?.of({ user: actor.maker })
    )
  }

  #passHook(
    { room: own, person, maker }: HookActor,
    room: string,
    held: RoomRule | undefined,
  ): Passed | Refusal {
    if (own !== room) return { code: 'not_found' }
    const refusal = held && this.#restrictions?.refuseHook(held)
    if (refusal !== undefined) return refusal
    if (maker === undefined) return { person, admin: false }
    if (!mayManage(maker) || this.#bans?.isOutOf(maker.id, room) === true) return { code: 'not_allowed' }
    const lacks = this.#newcomerRules?.lackedBy(maker)
    return { person, admin: false, ...(lacks && { lacks }) }
  }

  /** A member who has these rights. */
  async #passMember(actor: User, room: string, rights: readonly Right[]): Promise<Standing | Refusal> {
    const standing = await this.#standing(actor, room, rights.length > 0)
    if (isRefusal(standing)) return standing
    return rights.every((right) => may(right, standing)) ? standing : { code: 'not_allowed' }
  }

  /** Where stores are asked, one act of a person in a room after the other: their messages keep their order. */
  #inTurn({ id }: User, room: string, pass: () => Promise<Passed | Refusal>): Promise<Passed | Refusal> {
    const key = `${id} ${room}`
    const passing = (this.#passing.get(key) ?? Promise.resolve()).then(pass, pass).finally(() => {
      if (this.#passing.get(key) === passing) this.#passing.delete(key)
    })
    this.#passing.set(key, passing)
    return passing
  }

  /** Milliseconds to wait; 0: a token was taken. */
  #take(actor: User | HookActor, { rate }: Rule): number {
    if ('hook' in actor) return this.#rates.hook.take(actor.hook)
    const taken = rate === 'send' && actor.bot === true ? 'botSend' : rate
    return this.#rates[taken].take(actor.id)
  }

  /** A member's standing. Rights are read from MySQL; membership is known while it is down, too. */
  async #standing(user: User, room: string, needsRight: boolean): Promise<Standing | Refusal> {
    const found = needsRight
      ? await this.#memberships.standing(user.id, room)
      : await this.#memberships.find(user.id, room)
    if (found === undefined) return { code: 'not_found' }
    if (found.role === null) return { code: 'not_allowed' }
    return 'admin' in found ? found : { kind: found.kind, role: found.role, admin: user.admin }
  }
}

/** An administrator manages the webhooks of every room that they can see. */
export const mayManage = (maker: Standing): boolean =>
  may('integrate', maker) || (maker.admin && isSeenByAll(maker.kind))

/** Whether an act as a whole is not for newcomers; what depends on its text is checked with the text. */
const isLacking = (lacks: readonly NewcomerRight[], action: Action, rights: readonly Right[] = []): boolean =>
  (action === 'bringIn' && lacks.includes('bringIn')) ||
  (rights.includes('topic') && lacks.includes('setTopics'))
