// What is to become of the cards of one message, whatever has happened to it meanwhile: compared with what its text says now, pages
// of new links are asked, and an entry of the log says which cards it has from then on. Doing it twice changes nothing.
import { createHash } from 'node:crypto'
import { isRefusal } from '../../answer.ts'
import { derivedCid } from '../../derived-cid.ts'
import type { History } from '../../history/history.ts'
import type { Log } from '../../log/log.ts'
import { isOff } from '../../protocol/entries/carded.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { SpokenMessage } from '../../protocol/http.ts'
import { linkCardLimits } from '../../protocol/link-card-limits.ts'
import type { LinkCard } from '../../protocol/link-cards.ts'
import type { TextRules } from '../../posting/refuse-words.ts'
import { cardLinksOf } from '../../text/card-links.ts'
import type { CardMaker } from '../card-maker.ts'
import type { CardPictures } from '../pictures/card-pictures.ts'
import type { LinkCardSettingsStore } from '../settings.ts'
import type { Task } from './tasks.ts'

export interface LookDeps {
  history: Pick<History, 'find'>
  log: Pick<Log, 'append'>
  maker: Pick<CardMaker, 'make'>
  pictures: Pick<CardPictures, 'hold' | 'letGo'>
  settings: Pick<LinkCardSettingsStore, 'of'>
  wordRules: TextRules
  /** Links to this Brook: each reader's browser shows what they may see of it. */
  isOwn: (link: string) => boolean
  now?: () => number
}

/** `againMs`: later. @throws when a store did not answer, or did not take it */
export async function lookAtMessage(
  deps: LookDeps,
  task: Task,
  signal: AbortSignal,
): Promise<{ againMs: number } | undefined> {
  const before = await found(deps, task)
  if (before === undefined) return end(deps, task)
  const fresh = task.asks ? await freshCards(deps, task, before, signal) : []
  if ('againMs' in fresh) return fresh
  // Somebody may have changed it while pages were asked.
  const now = fresh.length === 0 ? before : await found(deps, task)
  if (now === undefined) return end(deps, task)
  const had = now.cards ?? []
  const cards = outsideLinks(deps, now).flatMap(
    (link) => [...had, ...fresh].find((card) => card.link === link) ?? [],
  )
  await deps.pictures.hold(task, cards)
  if (!isSame(had, cards)) await say(deps, task, now, cards)
  await deps.pictures.letGo(task, cards)
  return undefined
}

/** It is gone. */
async function end({ pictures }: LookDeps, task: Task): Promise<undefined> {
  await pictures.letGo(task, [])
  return undefined
}

async function found({ history }: LookDeps, { room, seq }: Task): Promise<SpokenMessage | undefined> {
  const message = await history.find(room, seq)
  if (isRefusal(message)) throw new NotTaken(message)
  return message === undefined || message.deletedAt !== null ? undefined : message
}

/** Those whose cards the message may have, in their order. */
const outsideLinks = ({ isOwn }: LookDeps, message: SpokenMessage): string[] =>
  cardLinksOf(message.text)
    .filter((link) => !link.startsWith('/') && !isOwn(link))
    .slice(0, linkCardLimits.atMost)
    .filter((link) => !isOff(message, link))

async function freshCards(
  deps: LookDeps,
  task: Task,
  message: SpokenMessage,
  signal: AbortSignal,
): Promise<LinkCard[] | { againMs: number }> {
  const { settings, maker, wordRules, now = Date.now } = deps
  const has = new Set((message.cards ?? []).map(({ link }) => link))
  const links = outsideLinks(deps, message).filter((link) => !has.has(link))
  if (links.length === 0 || now() - task.at > linkCardLimits.lateMs) return []
  const rules = await settings.of(task.room)
  if (!rules.isOn) return []
  const query = { person: message.user.id, isBlocked: rules.isBlocked, signal }
  const made = await Promise.all(links.map((link) => maker.make({ ...query, link })))
  const waits = made.flatMap((one) => (one !== undefined && 'waitMs' in one ? one.waitMs : []))
  if (waits.length > 0) return { againMs: Math.max(...waits) }
  return made.filter(
    (one): one is LinkCard => one !== undefined && 'link' in one && isSayable(wordRules, one),
  )
}

/** A page may not say what people may not say here. */
const isSayable = (wordRules: TextRules, { site, title, description = '' }: LinkCard): boolean =>
  wordRules.judge({ admin: false }, `${site}\n${title}\n${description}`) === undefined

const isSame = (a: readonly LinkCard[], b: readonly LinkCard[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

async function say(
  { log }: LookDeps,
  { room, seq, bySeq, at }: Task,
  { user }: SpokenMessage,
  cards: LinkCard[],
): Promise<void> {
  // Invariant: whoever does the same again, in whichever process, has the same cid, and the log takes it once.
  const what = ['card', room, seq, bySeq, ...cards.map(({ link }) => link)].join(' ')
  const cid = derivedCid(at, createHash('sha256').update(what).digest())
  const body = { type: 'carded', target: seq, cards } as const
  const taken = await log.append({ room, user, cid, body, firstStands: true })
  if (isRefusal(taken)) throw new NotTaken(taken)
}

/** A store is away: it is tried again. */
export class NotTaken extends Error {
  override name = 'NotTaken'

  constructor({ code }: Refusal) {
    super(code)
  }
}
