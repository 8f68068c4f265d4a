// The threads that this person follows, and how far they have read each: the same on all their devices. There is
// something new in a thread whose newest reply is above what was read.
import { defineStore } from 'pinia'
import { computed, shallowReactive, watch } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import type { ThreadMark } from '../../server/protocol/threads.ts'
import { useSession } from '../account/session.ts'
import * as api from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { isRefusal, mayRetry, type Refusal } from '../wire/refusal.ts'
import type { Told } from '../wire/told.ts'

/** A thousand browsers that come back together do not ask together. */
const askWithinMs = 2_000
/** The newest number of a thread is told, not each one that was passed while scrolling. */
const tellEveryMs = 300
const againMs = 5_000

type Standing = ThreadMark & { following: boolean }
const keyOf = (room: string, thread: number) => `${room} ${thread}`

export const useFollowed = defineStore('followed', () => {
  const session = useSession()
  const link = useLink()
  const known = shallowReactive(new Map<string, Standing>())
  const waiting = new Map<string, { room: string; thread: number; seq: number }>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = false

  const standing = (room: string, thread: number): Standing | undefined => known.get(keyOf(room, thread))
  const isFollowing = (room: string, thread: number): boolean => standing(room, thread)?.following === true
  const readUpTo = (room: string, thread: number): number => standing(room, thread)?.read ?? thread
  const isFresh = ({ following, read, last }: Standing): boolean => following && last > read
  const fresh = computed(() => [...known.values()].filter(isFresh))
  const isFreshIn = (room: string): boolean => fresh.value.some((one) => one.room === room)

  /** Numbers only go up, so that what comes late or twice changes nothing. */
  function merge(room: string, thread: number, news: Partial<Standing>): void {
    const before = standing(room, thread) ?? { room, thread, read: thread, last: thread, following: false }
    known.set(keyOf(room, thread), {
      ...{ room, thread, following: news.following ?? before.following },
      read: Math.max(before.read, news.read ?? 0),
      last: Math.max(before.last, news.last ?? 0),
    })
  }

  function said(room: string, messages: readonly Message[]): void {
    const me = session.user?.id
    for (const message of messages) {
      if (message.kind !== 'message' || message.thread === undefined) continue
      if (message.user.id === me) merge(room, message.thread, { read: message.seq, last: message.seq })
      else if (standing(room, message.thread) !== undefined)
        merge(room, message.thread, { last: message.seq })
    }
  }

  async function load(): Promise<void> {
    const who = session.user?.id
    if (who === undefined || asking) return
    asking = true
    const answer = await api.threadMarks()
    asking = false
    if (session.user?.id !== who || isRefusal(answer)) return
    const followed = new Set(answer.threads.map(({ room, thread }) => keyOf(room, thread)))
    for (const [key, one] of known) if (!followed.has(key)) known.set(key, { ...one, following: false })
    for (const { room, thread, read, last } of answer.threads)
      merge(room, thread, { read, last, following: true })
  }

  function hear(told: Told): void {
    if (told.type === 'entries') said(told.room, told.messages)
    else if (told.type === 'thread') {
      const { room, thread, following, read, last } = told
      merge(room, thread, {
        ...(following === undefined ? {} : { following }),
        ...(read === undefined ? {} : { read }),
        ...(last === undefined ? {} : { last }),
      })
    } else if (told.type === 'gone') {
      for (const [key, one] of known) if (one.room === told.room) known.delete(key)
    } else if (told.type === 'welcome') {
      setTimeout(() => void load(), known.size === 0 ? 0 : Math.random() * askWithinMs)
      tellSoon()
    }
  }

  /** By hand; shown at once, and taken back when the server does not take it. */
  async function follow(room: string, thread: number, following: boolean): Promise<Refusal | undefined> {
    merge(room, thread, { following })
    const answer = await api.followThread(room, thread, following)
    if (!isRefusal(answer)) return undefined
    merge(room, thread, { following: !following })
    return answer
  }

  /** This person has read the thread up to `seq`. */
  function readTo(room: string, thread: number, seq: number): void {
    if (seq <= readUpTo(room, thread)) return
    merge(room, thread, { read: seq })
    waiting.set(keyOf(room, thread), { room, thread, seq })
    tellSoon()
  }

  function tellSoon(): void {
    if (waiting.size > 0) timer ??= setTimeout(() => void tell(), tellEveryMs)
  }

  /** What cannot be told now is told a little later. */
  async function tell(): Promise<void> {
    timer = undefined
    for (const [key, mark] of waiting) {
      waiting.delete(key)
      const answer = await api.readThread(mark.room, mark.thread, mark.seq)
      if (!isRefusal(answer) || !mayRetry(answer.code)) continue
      if (!waiting.has(key)) waiting.set(key, mark)
      timer ??= setTimeout(() => void tell(), answer.retryAfterMs ?? againMs)
      return
    }
  }

  /** Everything in every thread is read; answers in how many something was not. */
  function readAll(): number {
    const unread = fresh.value
    for (const { room, thread, last } of unread) readTo(room, thread, last)
    return unread.length
  }

  link.feed.listen(hear)
  watch(
    () => session.user?.id,
    () => {
      known.clear()
      waiting.clear()
      void load()
    },
    { immediate: true },
  )

  return { fresh, isFollowing, isFreshIn, readUpTo, follow, readTo, readAll }
})
