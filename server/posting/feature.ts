// Posting messages and changing them.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Pins } from '../history/pins.ts'
import type { MembershipApi } from '../membership/feature.ts'
import { Changes, type CustomEmojiKeys } from './change.ts'
import { Mentions, type MentionDeps, type NamedGroups } from './mentions.ts'
import { refuseForward } from './forwards.ts'
import { postingRoutes } from './routes.ts'
import type { TextRules } from './refuse-words.ts'
import { Say, type FileClaims, type Holding } from './say.ts'
import type { ReplyListener } from './threads.ts'

export interface PostingApi {
  say: Say
  changes: Changes
}

export interface PostingDeps extends MembershipApi {
  history: History
  pins: Pins
  presence: MentionDeps['presence']
  groups: NamedGroups
  threads: ReplyListener
  customEmoji: CustomEmojiKeys
  wordRules: TextRules
  held: Holding
  claims: FileClaims
}

export function postingFeature(
  { log, metrics }: Core,
  {
    memberships,
    gate,
    history,
    pins,
    presence,
    groups,
    threads,
    customEmoji,
    wordRules,
    held,
    claims,
  }: PostingDeps,
): Feature & PostingApi {
  const looks = metrics.counter(
    'brook_mention_looks_total',
    'Texts with an @ whose names were looked up, by outcome; late and failed ones mention nobody',
    { outcome: ['found', 'nobody', 'late', 'failed'] },
  )
  const mentions = new Mentions({
    people: memberships.people,
    presence,
    groups,
    onLooked: (outcome) => looks.inc({ outcome }),
  })
  const say = new Say({
    log,
    history,
    mentions,
    threads,
    refuseForward: (userId, place) => refuseForward({ history, memberships }, userId, place),
    wordRules,
    held,
    claims,
    // The gate has just asked who is in it.
    isDirect: (room) => (memberships.directs.known(room) ?? null) !== null,
  })
  const changes = new Changes({ log, history, pins, mentions, memberships, customEmoji, wordRules })
  return { say, changes, routes: (app) => postingRoutes(app, { gate, say, changes }) }
}
