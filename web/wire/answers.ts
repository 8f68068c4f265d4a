// The results of what is sent: it is in the log under a number, as reported by the server, by its entry or by another
// tab; or it was refused. The outbox drops it, and the feed tells the rest of the web app.
import type { ErrorEvent, ServerEvent } from '../../server/protocol/events.ts'
import { isSpoken } from '../../server/protocol/timeline.ts'
import type { Feed } from './feed.ts'
import { changeFrom, isChanging, messageFrom } from './outgoing.ts'
import type { useLinkState } from './link-state.ts'
import type { Sender } from './sender.ts'
import type { Logged } from './tabs.ts'

interface AnswersDeps {
  feed: Feed
  sender: () => Sender | undefined
  link: Pick<ReturnType<typeof useLinkState>, 'refused' | 'notBehind'>
}

export function answersOf({ feed, sender, link }: AnswersDeps) {
  /** An own message has its number. False: it was not in the outbox. */
  function logged({ cid, room, seq, at }: Logged): boolean {
    const sending = sender()
    const item = sending?.outbox.logged(cid)
    if (sending === undefined || item === undefined) return false
    const { id, name } = sending.user
    const made = { seq, at, user: { id, name } }
    if (isChanging(item)) feed.tell({ type: 'changed', room, change: changeFrom(item, made) })
    else feed.tell({ type: 'acked', room, message: messageFrom(item, made) })
    return true
  }

  function settled(at: Logged): void {
    if (logged(at)) sender()?.tabs.tellLogged(at)
  }

  function acked(ack: Logged): void {
    feed.know(ack.room, ack.seq)
    link.notBehind()
    settled(ack)
    feed.tell({ type: 'answered', room: ack.room, cid: ack.cid })
  }

  function refused(error: ErrorEvent): void {
    sender()?.outbox.refused(error)
    const { cid, room, code, retryAfterMs } = error
    if (cid !== undefined && room !== undefined) {
      const refusal = retryAfterMs === undefined ? { code } : { code, retryAfterMs }
      feed.tell({ type: 'answered', room, cid, refusal })
    }
    link.refused(code)
    if (code === 'signed_out') void sender()?.doubt()
  }

  function hear(event: ServerEvent): void {
    if (event.type === 'ack') acked(event)
    if (event.type === 'error') refused(event)
  }

  // There may be own entries among these.
  feed.listen((event) => {
    if (event.type !== 'entries') return
    for (const message of event.messages) if (isSpoken(message)) settled({ ...message, room: event.room })
    for (const change of event.changes) settled(change)
  })

  return { logged, hear }
}
