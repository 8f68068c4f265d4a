// Links of a text that lead to messages of this Brook: each reader sees what they may read. Pure.
import { linkCardLimits } from '../../server/protocol/link-card-limits.ts'
import { cardLinksIn } from '../../server/text/card-links.ts'
import { blocksOf } from '../text/blocks.ts'

export interface OwnLink {
  link: string
  place: { room: string; seq: number }
}

const message = /^\/rooms\/([1-9]\d{0,18})\/(?:thread\/[1-9]\d{0,14}\/)?([1-9]\d{0,14})$/
const maybe = /\/rooms\/\d/

/** `origin`: of this Brook. At most as many as a message has cards. */
export function ownLinksOf(text: string, origin: string): OwnLink[] {
  if (!maybe.test(text)) return []
  return cardLinksIn(blocksOf(text))
    .flatMap((link) => {
      const url = new URL(link, origin)
      const [, room, seq] = url.origin === origin ? (message.exec(url.pathname) ?? []) : []
      return room === undefined || seq === undefined ? [] : { link, place: { room, seq: Number(seq) } }
    })
    .slice(0, linkCardLimits.atMost)
}
