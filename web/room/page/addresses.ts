// Navigation from a room: to one of its messages, back to its plain address, into a thread and out of it.
import type { Message } from '../../../server/protocol/http.ts'
import { isSpoken } from '../../../server/protocol/timeline.ts'
import { nextTick } from 'vue'
import { useRouter } from 'vue-router'
import { page } from '../../wire/api.ts'
import { isRefusal } from '../../wire/refusal.ts'
import { addressOf } from './address.ts'

interface Addressed {
  id: string
  /** The message that the address names, and the thread that it opens. */
  at: () => number | undefined
  thread: () => number | undefined
  /** The message with this number, if it is in memory. */
  messageAt: (seq: number) => Message | undefined
}

export function useAddresses({ id, at, thread, messageAt }: Addressed) {
  const router = useRouter()
  /** The element that had the focus when the thread was opened gets it back when the thread closes. */
  let opener: Element | null = null

  /** A number that the room does not show may be a reply, which is read in its thread. */
  async function elsewhere(seq: number): Promise<void> {
    const found = messageAt(seq) ?? (await asked(id, seq))
    if (found !== undefined && isSpoken(found) && found.thread !== undefined && at() === seq)
      await router.replace(addressOf(id, found))
  }

  function openThread(root: number, reply?: number): void {
    opener = document.activeElement
    void router.push({ name: 'thread', params: { id, root, ...(reply === undefined ? {} : { reply }) } })
  }

  async function closeThread(): Promise<void> {
    const root = thread()
    await router.push({ name: 'room', params: { id } })
    await nextTick()
    const back = opener instanceof HTMLElement && opener.isConnected ? opener : undefined
    const line = document.querySelector<HTMLElement>(`#messages [data-thread="${root}"]`)
    ;(back ?? line ?? document.querySelector<HTMLElement>('#messages'))?.focus()
    opener = null
  }

  return {
    elsewhere,
    openThread,
    closeThread,
    toMessage: (seq: number) => void router.push({ name: 'room', params: { id, seq } }),
    /** The address becomes plain again once the reader goes elsewhere in the room. */
    plain: () => at() !== undefined && void router.replace({ name: 'room', params: { id } }),
  }
}

async function asked(room: string, seq: number): Promise<Message | undefined> {
  const answer = await page(room, { around: seq, limit: 2 })
  return isRefusal(answer) ? undefined : answer.messages.find((message) => message.seq === seq)
}
