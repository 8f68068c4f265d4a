// The pinned messages of a room: the list over HTTP first, then events keep it up to date.
import { shallowRef } from 'vue'
import type { EffectEvent } from '../../server/protocol/events.ts'
import type { Message, PinsAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import { isRestoring, isSpoken, later, withChange } from '../../server/protocol/timeline.ts'
import { listPins } from '../wire/api.ts'
import { liveList } from '../wire/live-list.ts'
import type { News } from '../conversation/pages/window.ts'

export interface PinsDeps {
  room: string
  /** The current state of the message with this number, if it is in memory. */
  messageAt: (seq: number) => Message | undefined
}

export function usePins({ room, messageAt }: PinsDeps) {
  const pins = shallowRef<readonly SpokenMessage[]>([])
  const list = liveList<PinsAnswer, News>({
    ask: () => listPins(room),
    show: (answer) => (pins.value = answer.pins),
    apply,
  })

  /** Called after the window has handled the event: pinned messages in the window are read from there. */
  function apply({ messages, changes }: News): void {
    const heard = new Map(messages.map((message) => [message.seq, message]))
    if (pins.value.some(({ seq }) => heard.has(seq)))
      show(pins.value.map((pin) => newest(pin, heard.get(pin.seq))))
    for (const message of messages) add(message)
    change(changes)
  }

  function change(changes: readonly EffectEvent[]): void {
    if (changes.length === 0) return
    if (changes.some(isRestoring)) list.loadSoon()
    show(pins.value.map((pin) => changes.reduce<SpokenMessage>(withChange, pin)))
    for (const one of changes) {
      if (one.type !== 'pinned' || !one.on || pins.value.some(({ seq }) => seq === one.target)) continue
      const message = messageAt(one.target)
      if (message === undefined) list.loadSoon()
      else add(message)
    }
  }

  function add(message: Message): void {
    if (!isSpoken(message) || message.pinnedAt === undefined) return
    if (!pins.value.some(({ seq }) => seq === message.seq)) show([...pins.value, message])
  }

  function show(next: readonly SpokenMessage[]): void {
    pins.value = next
      .filter(({ pinnedAt }) => pinnedAt !== undefined)
      .sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0) || b.seq - a.seq)
  }

  return {
    pins,
    status: list.status,
    load: list.load,
    look: list.look,
    missed: list.missed,
    hear: list.hear,
    close: list.close,
  }
}

const newest = (pin: SpokenMessage, heard: Message | undefined): SpokenMessage => {
  if (heard === undefined || !isSpoken(heard)) return pin
  return later(pin, heard) === heard ? heard : pin
}
