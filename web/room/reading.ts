// How far the person here has read a room: where the "new" line stands, and how many came while they read above.
import { computed, ref, shallowRef } from 'vue'
import type { Message } from '../../server/protocol/http.ts'

/** Drawing a message and seeing it on screen take this long; only then did it come to someone who is not there. */
const graceMs = 400

export interface ReadingDoors {
  own: string
  /** The reader has come to the end of the room (true), or is not there any more. */
  atEnd: (is: boolean) => void
  /** The reader has read up to `seq`. */
  read: (seq: number) => void
  /** How far they have read, here or elsewhere. */
  readUpTo: () => number
  /** The window is in front of them. */
  isLooking: () => boolean
}

export function useReading(doors: ReadingDoors) {
  const firstUnread = ref<number>()
  const isAtEnd = ref(false)
  /** When each message of others above `seen` was heard. */
  const fresh = shallowRef<ReadonlyMap<number, number>>(new Map())
  const unseen = computed(() => (isAtEnd.value ? 0 : fresh.value.size))
  let seen = 0
  /** What is on screen was marked unread, and is not read by being there. */
  let isHeld = false
  /** The last number on screen while it is held. */
  let shown: number | undefined
  /** What comes up to this number was said while there was no connection. */
  let missedUpTo = 0
  let looking: ReturnType<typeof setTimeout> | undefined

  /** The room is opened; `newest` is the last number that is drawn, `unreadFrom` the first that is unread. */
  function open(newest: number, unreadFrom: number | undefined): void {
    firstUnread.value = unreadFrom
    seen = newest
    isHeld = false
    fresh.value = new Map()
  }

  /** What follows `read` is unread again, though it is on screen; the line shows where, until the room is opened anew. */
  function hold(read: number): void {
    leave()
    isHeld = true
    firstUnread.value = read + 1
  }

  /**
   * Something was read on another device. What is held is read by that: the line moves to what came meanwhile,
   * for nobody has read that, whether it was heard of before or after.
   */
  function readElsewhere(): void {
    const readTo = doors.readUpTo()
    if (!isHeld || readTo < (firstUnread.value ?? 0)) return
    isHeld = false
    const unread = [...fresh.value.keys()].filter((seq) => seq > readTo)
    if (unread.length > 0) firstUnread.value = Math.min(...unread)
    if (shown !== undefined) seenTo(shown)
  }

  /** The reader goes on: what they see is read. */
  function goOn(): void {
    isHeld = false
  }

  /** A connection is there again; the room has come to `head` meanwhile. */
  function returned(head: number): void {
    missedUpTo = Math.max(missedUpTo, head)
  }

  /** The line moves to what came while nobody looked, once what was below it is read. */
  function moveLine(others: readonly Message[]): void {
    if (isHeld || (firstUnread.value !== undefined && firstUnread.value > seen)) return
    const readTo = Math.max(seen, doors.readUpTo())
    const isAway = !doors.isLooking()
    if (!others.some(({ seq }) => seq > readTo && (isAway || seq <= missedUpTo))) return
    const unread = [...fresh.value.keys(), ...others.map(({ seq }) => seq)].filter((seq) => seq > readTo)
    firstUnread.value = Math.min(...unread)
  }

  function hear(messages: readonly Message[]): void {
    const others = messages.filter(
      ({ kind, seq, user }) => kind === 'message' && seq > seen && user.id !== doors.own,
    )
    if (others.length === 0) return
    moveLine(others)
    fresh.value = new Map([...others.map(({ seq }) => [seq, Date.now()] as const), ...fresh.value])
    if (isAtEnd.value) looking ??= setTimeout(look, graceMs)
  }

  /** The reader has `seq` on screen, with the window focused, and nothing newer. */
  function seenTo(seq: number): void {
    shown = seq
    if (isHeld) return
    doors.read(seq)
    if (seq < seen) return leave()
    seen = seq
    fresh.value = new Map([...fresh.value].filter(([number]) => number > seq))
    if (isBehind() || isAtEnd.value) return
    isAtEnd.value = true
    doors.atEnd(true)
  }

  /** Something that came a while ago has not been on screen yet. */
  const isBehind = (): boolean => [...fresh.value.values()].some((heardAt) => heardAt <= Date.now() - graceMs)

  function look(): void {
    looking = undefined
    if (isBehind()) leave()
    else if (fresh.value.size > 0) looking = setTimeout(look, graceMs)
  }

  /** The reader has looked away, or did not see what came. */
  function leave(): void {
    shown = undefined
    clearTimeout(looking)
    looking = undefined
    if (!isAtEnd.value) return
    isAtEnd.value = false
    doors.atEnd(false)
  }

  return { firstUnread, unseen, isAtEnd, open, hear, seenTo, leave, hold, goOn, readElsewhere, returned }
}
