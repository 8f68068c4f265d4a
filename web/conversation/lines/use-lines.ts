// The lines of a room or a thread: what is in memory, own messages and changes before their entries arrive, and how far
// all of it is archived.
import { computed, ref, shallowRef } from 'vue'
import type { ChangeEvent } from '../../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../../server/protocol/http.ts'
import type { Person } from '../../../server/protocol/people.ts'
import { messagesNow } from '../../wire/present-names.ts'
import { useLink } from '../../wire/link.ts'
import { isChanging, messageFrom, type OutgoingMessage } from '../../wire/outgoing.ts'
import type { FeedEvent } from '../../wire/feed-events.ts'
import { toLines } from './lines.ts'

export interface LinesOf {
  room: string
  me: () => Person
  /** Ascending by seq. */
  messages: () => readonly Message[]
  /** Whether a message of the room has its line here. */
  isHere: (message: Message) => boolean
}

export function useLines({ room, me, messages, isHere }: LinesOf) {
  const link = useLink()
  /** The room is complete up to here. */
  const upTo = ref(link.feed.upTo(room))
  /** What was there when it was opened; nothing yet. */
  const openedAt = ref(Infinity)
  const archivedUpTo = ref<number>()
  const acked = shallowRef<SpokenMessage[]>([])
  const changed = shallowRef<ChangeEvent[]>([])
  const willBeHere = (item: OutgoingMessage): boolean =>
    isHere(messageFrom(item, { seq: 0, at: item.at, user: me() }))
  const outgoing = computed(() =>
    link.outgoing.filter((item) => item.room === room && (isChanging(item) || willBeHere(item))),
  )
  const lines = computed(() =>
    toLines({
      messages: messagesNow(messages()),
      acked: acked.value,
      changed: changed.value,
      outgoing: outgoing.value,
      me: me(),
      archivedUpTo: archivedUpTo.value,
      openedAt: openedAt.value,
    }),
  )

  /** An event of this room. */
  function hear(event: FeedEvent): void {
    switch (event.type) {
      case 'acked':
        if (isHere(event.message)) acked.value = [...acked.value, event.message]
        return
      case 'changed':
        if (event.change.seq > upTo.value) changed.value = [...changed.value, event.change]
        return
      case 'upTo':
        upTo.value = event.upTo
        acked.value = acked.value.filter(({ seq }) => seq > event.upTo)
        if (changed.value.length > 0) changed.value = changed.value.filter(({ seq }) => seq > event.upTo)
        return
      case 'archived':
        archivedUpTo.value = Math.max(archivedUpTo.value ?? 0, event.seq)
        return
      case 'restart':
        archivedUpTo.value = undefined
        changed.value = []
    }
  }

  const isArchived = (seq: number): boolean => archivedUpTo.value !== undefined && seq <= archivedUpTo.value

  return { lines, upTo, openedAt, isArchived, hear }
}
