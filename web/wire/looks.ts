// How people look whom this page shows: their faces, statuses, and whether they are here. The page tells the server whom it shows,
// and hears of nobody else.
import { createSharedComposable } from '@vueuse/core'
import { computed, onScopeDispose, shallowReactive, shallowRef, watch, type ComputedRef } from 'vue'
import { limits } from '../../server/protocol/limits.ts'
import { statusAt } from '../../server/protocol/looks.ts'
import type { Look, OwnLook } from '../../server/protocol/profiles.ts'
import type { FeedEvent } from './feed-events.ts'
import { useSeenNow } from '../ui/page-seen.ts'

/** As whoever reads an old row does: they are told of it later. */
const tellAfterMs = 250
/** A status disappears at its end, or a moment later. */
const useClock = createSharedComposable(() => useSeenNow(15_000))

const looks = shallowReactive(new Map<string, Look>())
/** How many places show each person; whoever was shown last is last. */
const shown = new Map<string, number>()
/** One's own, as the server has it; undefined: not known yet. */
const own = shallowRef<OwnLook>()
let ownId: string | undefined

let send: ((people: string[]) => unknown) | undefined
let told = ''
let timer: ReturnType<typeof setTimeout> | undefined

/** Ids of webhooks and of what is sent just now are nobody's. */
const isPerson = (id: string): boolean => /^[1-9][0-9]{0,18}$/.test(id)

function tell(): void {
  timer = undefined
  const people = [...shown.keys()].slice(-limits.presence.watched)
  const key = people.toSorted().join(' ')
  if (key === told || send === undefined) return
  told = key
  send(people)
}

const tellSoon = (): void => void (timer ??= setTimeout(tell, tellAfterMs))

function show(id: string): void {
  const places = shown.get(id) ?? 0
  shown.delete(id)
  shown.set(id, places + 1)
  if (places === 0) tellSoon()
}

/** Whoever was just hidden stays for a while: a list that is drawn anew shows the same people. */
function hide(id: string): void {
  const places = (shown.get(id) ?? 1) - 1
  if (places > 0) shown.set(id, places)
  else {
    shown.delete(id)
    tellSoon()
  }
}

/** `id`: undefined: nobody. Their look, once it is known; a status that has ended is not in it. */
export function useLook(id: () => string | undefined): ComputedRef<Look | undefined> {
  const clock = useClock()
  let now: string | undefined
  const follow = (next: string | undefined): void => {
    if (now !== undefined) hide(now)
    now = next !== undefined && isPerson(next) ? next : undefined
    if (now !== undefined) show(now)
  }
  watch(id, follow, { immediate: true })
  onScopeDispose(() => follow(undefined))
  return computed(() => {
    const of = id()
    const look = of === undefined ? undefined : looks.get(of)
    if (look?.status === undefined || statusAt(look.status, clock.value.getTime())) return look
    const { status: _status, ...rest } = look
    return rest
  })
}

/** Whether somebody is a guest, as far as it is known; who looks at them (useLook) hears of it. */
export const isGuestNow = (id: string): boolean => looks.get(id)?.guest === true

/** What one has chosen for oneself, on any device. */
export function useOwnLook(): ComputedRef<OwnLook | undefined> {
  const clock = useClock()
  return computed(() => {
    const look = own.value
    if (look?.status === undefined || statusAt(look.status, clock.value.getTime())) return look
    const { status: _status, ...rest } = look
    return rest
  })
}

/** `tellServer`: sends whom the page shows. News of the feed follow. */
export function connectLooks(tellServer: (people: string[]) => unknown): void {
  send = tellServer
  told = ''
  if (shown.size > 0) tellSoon()
}

export function hearLooks(event: FeedEvent): void {
  if (event.type === 'looks') for (const look of event.people) looks.set(look.id, look)
  else if (event.type === 'me') setOwn(event.look)
  else if (event.type === 'welcome') {
    ownId = event.user.id
    setOwn(event.me)
    // The connection is new: it knows nobody yet.
    told = ''
    clearTimeout(timer)
    tell()
  }
}

/** One sees oneself as one is, before the server tells everybody who looks. */
function setOwn(look: OwnLook | undefined): void {
  own.value = look
  if (look === undefined || ownId === undefined) return
  const { choice: _choice, ...rest } = look
  const { presence = 'online', guest } = looks.get(ownId) ?? {}
  looks.set(ownId, { id: ownId, presence, ...rest, ...(guest ? { guest } : {}) })
}

/** Somebody else is signed in. */
export function forgetLooks(): void {
  looks.clear()
  own.value = undefined
  told = ''
}
