// Removes cards of a message for everybody, and says so.
import type { MessageLine } from '../conversation/lines/line.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { removeCard } from '../wire/link-card-api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { sayRefusal } from '../words/refused.ts'
import { t } from '../words/words.ts'

export async function removeCards(
  room: string | undefined,
  { seq }: Pick<MessageLine, 'seq'>,
  links: readonly string[],
): Promise<void> {
  if (room === undefined || seq === undefined) return
  for (const link of links) {
    const answer = await removeCard(room, seq, link)
    if (isRefusal(answer)) return tellRefused(sayRefusal(answer))
  }
  tellDone(t('cards.removed', { n: links.length }))
}
