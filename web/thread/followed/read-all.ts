// Marking everything in every thread as read, so that it can be undone: it is shown at once and told when it is settled,
// because the server takes no thread's position back.
import { computed, shallowRef, type Ref } from 'vue'
import { placeKey } from '../../../server/protocol/place-key.ts'

interface Thread {
  readonly room: string
  readonly thread: number
  readonly last: number
}

export interface ReadAllDeps<Mark extends Thread> {
  /** Those with unread replies. */
  fresh: Readonly<Ref<readonly Mark[]>>
  readTo: (room: string, thread: number, seq: number) => void
  /** What the thread mentions no longer counts in its room. */
  readInRoom: (room: string, thread: number, seq: number) => void
  /** The server counts again. */
  recount: () => unknown
}

export function useReadAll<Mark extends Thread>({ fresh, readTo, readInRoom, recount }: ReadAllDeps<Mark>) {
  /** Shown as read up to these numbers. */
  const held = shallowRef<ReadonlyMap<string, number>>(new Map())

  function readAll() {
    const unread = shown.value.map(({ room, thread, last }) => ({ room, thread, last }))
    held.value = new Map([
      ...held.value,
      ...unread.map((one) => [placeKey(one.room, one.thread), one.last] as const),
    ])
    for (const { room, thread, last } of unread) readInRoom(room, thread, last)

    function release(): void {
      const rest = new Map(held.value)
      for (const { room, thread } of unread) rest.delete(placeKey(room, thread))
      held.value = rest
    }
    const settle = (): void => {
      // Not those that were forgotten since, as when somebody else signs in.
      for (const { room, thread, last } of unread)
        if (held.value.has(placeKey(room, thread))) readTo(room, thread, last)
      release()
    }
    const undo = (): void => {
      release()
      if (unread.length > 0) void recount()
    }
    return { count: unread.length, undo, settle }
  }

  const shown = computed(() =>
    fresh.value.filter(({ room, thread, last }) => (held.value.get(placeKey(room, thread)) ?? 0) < last),
  )
  return { fresh: shown, readAll, forget: () => void (held.value = new Map()) }
}
