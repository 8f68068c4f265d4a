// Who is typing in a room; a name that is not repeated disappears by itself.
import { shallowRef } from 'vue'
import type { Message } from '../../../server/protocol/http.ts'
import type { TypingEvent } from '../../../server/protocol/events.ts'
import { limits } from '../../../server/protocol/limits.ts'
import type { Person } from '../../../server/protocol/people.ts'
import { isSpoken } from '../../../server/protocol/timeline.ts'

export function useTyping(own: string, tell: () => void) {
  const typing = shallowRef<Person[]>([])
  const fading = new Map<string, ReturnType<typeof setTimeout>>()
  let sentAt = 0

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

  /** People whose message has arrived are no longer typing it. */
  function said(messages: readonly Message[]): void {
    for (const message of messages) if (isSpoken(message)) stop(message.user.id)
  }

  /** The person here is typing; the server is told at intervals. */
  function tellTyping(): void {
    if (Date.now() - sentAt < limits.typing.tellMs) return
    sentAt = Date.now()
    tell()
  }

  /** The text was sent: the next keystroke counts at once. */
  function sent(): void {
    sentAt = 0
  }

  function close(): void {
    for (const timer of fading.values()) clearTimeout(timer)
  }

  return { typing, hear, said, tellTyping, sent, close }
}
