// What a screen shows of what is unread, read from the page, and what the log has of an act.
import { limits } from '../../server/protocol/limits.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

/** What is shown of the rooms and threads, in words, so that a difference can be read. */
export type Shown = Record<string, string>

export const capped = (count: number): string =>
  count >= limits.maxUnread ? `${limits.maxUnread - 1}+` : String(count)

/** The entry as the log has it: a busy server sends words before it has found out whom they name. */
export async function heardBack(who: Person, cid: string): Promise<{ seq: number; isNaming: boolean }> {
  const found = await until(() =>
    who.heard.findLast((event) => 'cid' in event && event.cid === cid && event.type !== 'ack'),
  )
  if (found === undefined || !('seq' in found)) throw new Error(`refused: ${JSON.stringify(found)}`)
  return { seq: found.seq ?? 0, isNaming: 'mentions' in found }
}

export const inWords = (unread: number, mentions: number): string =>
  `${unread === 0 ? '' : capped(unread)}${mentions === 0 ? '' : ` @${mentions}`}`

/** The badges of the rooms called "room …", the number of threads, and the cards of unread threads. */
export async function shownOn({ page }: Visitor): Promise<Shown> {
  const { links, cards } = await page.evaluate(() => ({
    links: [...document.querySelectorAll('nav a[data-room]')].map((link) => ({
      to: link.getAttribute('href') ?? '',
      name: link.querySelector('bdi')?.textContent ?? '',
      mentions: link.querySelector('[data-mentions] > [aria-hidden]')?.textContent ?? '',
      number: link.querySelector('span:not([data-mentions]) > span[aria-hidden=true]')?.textContent ?? '',
    })),
    cards: [...document.querySelectorAll('main article[data-followed]')].map((card) => ({
      to: card.querySelector('a[data-go]')?.getAttribute('href') ?? '',
      name: card.querySelector('[id$=-where] bdi')?.textContent ?? '',
      unread: card.querySelector('[data-unread]')?.textContent ?? '',
    })),
  }))
  const found: Shown = {}
  for (const { to, name, mentions, number } of links) {
    if (to === '/threads') found[to.slice(1)] = number === '' ? '0' : number
    if (name.startsWith('room ')) found[name] = `${number}${mentions === '' ? '' : ` ${mentions}`}`
  }
  for (const { to, name, unread } of cards) {
    const count = /^[\d+]+/.exec(unread.trim())?.[0]
    const thread = /\d+$/.exec(to)?.[0]
    if (count !== undefined) found[`${name.replace('#', '').trim()} thread ${thread}`] = count
  }
  return found
}
