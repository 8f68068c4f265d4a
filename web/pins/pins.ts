// What is pinned to a room: the list over HTTP first, then what is told keeps it true.
import { ref, shallowRef } from 'vue'
import type { EffectEvent } from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { later, withChange } from '../../server/protocol/timeline.ts'
import { listPins } from '../wire/api.ts'
import { isRefusal } from '../wire/refusal.ts'
import type { News } from '../room/window.ts'

/** A message that is pinned and not at hand is read within this time: a thousand browsers do not ask together. */
const readWithinMs = 2_000

export interface PinsDoors {
  room: string
  /** The message with this number as it is, where it is in memory. */
  messageAt: (seq: number) => Message | undefined
}

export function usePins({ room, messageAt }: PinsDoors) {
  const pins = shallowRef<readonly SpokenMessage[]>([])
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  let isStale = true
  /** What was told while the list is asked for. */
  let meanwhile: EffectEvent[] | undefined
  let again: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    if (meanwhile !== undefined) return
    clearTimeout(again)
    meanwhile = []
    isStale = false
    if (status.value === 'failed') status.value = 'loading'
    const answer = await listPins(room)
    const heard = meanwhile
    meanwhile = undefined
    if (isRefusal(answer)) {
      isStale = true
      if (status.value === 'loading') status.value = 'failed'
      return
    }
    pins.value = answer.pins
    status.value = 'ready'
    change(heard)
  }

  /** After the window has heard it: what is pinned there is taken from there. */
  function hear({ messages, changes }: News): void {
    meanwhile?.push(...changes)
    if (status.value !== 'ready') return
    const told = new Map(messages.map((message) => [message.seq, message]))
    if (pins.value.some(({ seq }) => told.has(seq)))
      show(pins.value.map((pin) => newest(pin, told.get(pin.seq))))
    for (const message of messages) add(message)
    change(changes)
  }

  function change(changes: readonly EffectEvent[]): void {
    if (changes.length === 0) return
    show(pins.value.map((pin) => changes.reduce<SpokenMessage>(withChange, pin)))
    for (const one of changes) {
      if (one.type !== 'pinned' || !one.on || pins.value.some(({ seq }) => seq === one.target)) continue
      const message = messageAt(one.target)
      if (message === undefined) readSoon()
      else add(message)
    }
  }

  function add(message: Message): void {
    if (message.kind !== 'message' || message.pinnedAt === undefined) return
    if (!pins.value.some(({ seq }) => seq === message.seq)) show([...pins.value, message])
  }

  function show(next: readonly SpokenMessage[]): void {
    pins.value = next
      .filter(({ pinnedAt }) => pinnedAt !== undefined)
      .sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0) || b.seq - a.seq)
  }

  function readSoon(): void {
    isStale = true
    clearTimeout(again)
    again = setTimeout(() => void load(), Math.random() * readWithinMs)
  }

  /** Somebody looks at the room: the list is loaded if it is not known to be true. */
  const look = (): void => {
    if (isStale) void load()
  }
  /** What was missed while away may have been a pin. */
  const missed = (): void => {
    isStale = true
  }
  const close = (): void => clearTimeout(again)

  return { pins, status, load, look, missed, hear, close }
}

const newest = (pin: SpokenMessage, told: Message | undefined): SpokenMessage => {
  if (told?.kind !== 'message') return pin
  return later(pin, told) === told ? told : pin
}
