// Who is typing in a room, as last heard; a line that is not told again fades by itself.
import { shallowRef } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import type { TypingEvent } from '../../server/protocol/events.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Person } from '../../server/protocol/people.ts'

export function useTyping(own: string, tell: () => void) {
  const typing = shallowRef<Person[]>([])
  const fading = new Map<string, ReturnType<typeof setTimeout>>()
  let toldAt = 0

  function hear({ user }: TypingEvent): void {
    if (user.id === own) return
    if (!typing.value.some(({ id }) => id === user.id)) typing.value = [...typing.value, user]
    clearTimeout(fading.get(user.id))
    fading.set(
      user.id,
      setTimeout(() => stop(user.id), limits.typing.showMs),
    )
  }

  function stop(id: string): void {
    if (!fading.has(id)) return
    clearTimeout(fading.get(id))
    fading.delete(id)
    typing.value = typing.value.filter((person) => person.id !== id)
  }

  /** Who has said it is not typing it any more. */
  function said(messages: readonly Message[]): void {
    for (const { kind, user } of messages) if (kind === 'message') stop(user.id)
  }

  /** The person here is typing; the others are told now and then. */
  function tellTyping(): void {
    if (Date.now() - toldAt < limits.typing.tellMs) return
    toldAt = Date.now()
    tell()
  }

  /** What was typed is sent: the next word may be told at once. */
  function sent(): void {
    toldAt = 0
  }

  function close(): void {
    for (const timer of fading.values()) clearTimeout(timer)
  }

  return { typing, hear, said, tellTyping, sent, close }
}
