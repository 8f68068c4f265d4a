// Which messages this person has saved for later: the same on all their devices, told as it happens. Shown at once when
// one presses, and taken back when the server does not take it.
import { defineStore } from 'pinia'
import { ref, shallowReactive, watch } from 'vue'
import { useSession } from '../account/session.ts'
import * as api from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { Told } from '../wire/told.ts'

/** A thousand browsers that come back together do not ask together. */
const askWithinMs = 2_000

const place = (room: string, seq: number) => `${room} ${seq}`

export const useSaved = defineStore('saved', () => {
  const session = useSession()
  const link = useLink()
  const marks = shallowReactive(new Set<string>())
  const isKnown = ref(false)
  /** What was told or pressed while the marks are asked for. */
  let meanwhile: (() => void)[] | undefined

  const isSaved = (room: string, seq: number): boolean => marks.has(place(room, seq))

  function put(room: string, seq: number, on: boolean): void {
    const set = () => (on ? marks.add(place(room, seq)) : marks.delete(place(room, seq)))
    meanwhile?.push(set)
    set()
  }

  async function load(): Promise<void> {
    const who = session.user?.id
    if (who === undefined || meanwhile !== undefined) return
    const since: (() => void)[] = (meanwhile = [])
    const answer = await api.savedMarks()
    if (meanwhile === since) meanwhile = undefined
    if (session.user?.id !== who || isRefusal(answer)) return
    marks.clear()
    for (const [room, seqs] of Object.entries(answer.rooms))
      for (const seq of seqs) marks.add(place(room, seq))
    since.forEach((again) => again())
    isKnown.value = true
  }

  /** Saves a message or forgets it; answers why that could not be. */
  async function toggle(room: string, seq: number): Promise<Refusal | undefined> {
    const on = !isSaved(room, seq)
    put(room, seq, on)
    const answer = await (on ? api.saveMessage(room, seq) : api.forgetSaved(room, seq))
    if (!isRefusal(answer)) return undefined
    put(room, seq, !on)
    return answer
  }

  function hear(told: Told): void {
    if (told.type === 'saved') put(told.room, told.seq, told.on)
    // What was saved elsewhere meanwhile was not told here.
    else if (told.type === 'welcome' && isKnown.value)
      setTimeout(() => void load(), Math.random() * askWithinMs)
    else if (told.type === 'welcome') void load()
  }

  link.feed.listen(hear)
  watch(
    () => session.user?.id,
    () => {
      marks.clear()
      meanwhile = undefined
      isKnown.value = false
      void load()
    },
    { immediate: true },
  )

  return { isSaved, toggle }
})
