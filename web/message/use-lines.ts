// The lines of a room or of a thread: what is in memory, one's own words and changes before their entries come, and how
// far all of it is archived.
import { computed, ref, shallowRef } from 'vue'
import type { ChangeEvent } from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import type { Person } from '../../server/protocol/people.ts'
import { useLink } from '../wire/link.ts'
import { isChanging, type OutgoingMessage } from '../wire/outgoing.ts'
import type { Told } from '../wire/told.ts'
import { toLines } from './lines.ts'

export interface LinesOf {
  room: string
  me: () => Person
  /** Ascending by seq. */
  messages: () => readonly Message[]
  /** A message of the room has its line here. */
  isHere: (message: Message) => boolean
  /** What is on its way will have its line here. */
  willBeHere: (message: OutgoingMessage) => boolean
}

export function useLines({ room, me, messages, isHere, willBeHere }: LinesOf) {
  const link = useLink()
  /** The room is complete up to here. */
  const upTo = ref(link.feed.upTo(room))
  /** What was there when it was opened; nothing yet. */
  const openedAt = ref(Infinity)
  const archivedUpTo = ref<number>()
  const acked = shallowRef<SpokenMessage[]>([])
  const changed = shallowRef<ChangeEvent[]>([])
  const outgoing = computed(() =>
    link.outgoing.filter((item) => item.room === room && (isChanging(item) || willBeHere(item))),
  )
  const lines = computed(() =>
    toLines({
      messages: messages(),
      acked: acked.value,
      changed: changed.value,
      outgoing: outgoing.value,
      me: me(),
      archivedUpTo: archivedUpTo.value,
      openedAt: openedAt.value,
    }),
  )

  /** What is told of this room. */
  function hear(told: Told): void {
    switch (told.type) {
      case 'acked':
        if (isHere(told.message)) acked.value = [...acked.value, told.message]
        return
      case 'changed':
        if (told.change.seq > upTo.value) changed.value = [...changed.value, told.change]
        return
      case 'upTo':
        upTo.value = told.upTo
        acked.value = acked.value.filter(({ seq }) => seq > told.upTo)
        if (changed.value.length > 0) changed.value = changed.value.filter(({ seq }) => seq > told.upTo)
        return
      case 'archived':
        archivedUpTo.value = Math.max(archivedUpTo.value ?? 0, told.seq)
        return
      case 'restart':
        archivedUpTo.value = undefined
        changed.value = []
    }
  }

  return { lines, upTo, openedAt, hear }
}
