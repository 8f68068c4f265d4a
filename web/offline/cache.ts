// What of the workspace is on this device, for whoever is signed in: the rest of the app asks this store and no other file here.
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { useSession } from '../account/session.ts'
import { keepAnswersIn } from '../wire/api.ts'
import type { FeedEvent } from '../wire/feed-events.ts'
import { useLink } from '../wire/link.ts'
import { useContact } from './contact.ts'
import { bytesOf, useDeviceLimit } from './device-limit.ts'
import { forgetCopy } from './forget.ts'
import { maxRooms } from './follower.ts'
import { isKeptAnswer } from './kept-answers.ts'
import { keptListOf } from './kept-list.ts'
import { openCache, type OpenCache } from './open-cache.ts'

export const useCache = defineStore('cache', () => {
  const session = useSession()
  const link = useLink()
  const limitMb = useDeviceLimit()
  /** `none`: this browser keeps nothing. */
  const status = ref<'opening' | 'open' | 'none'>('opening')
  const contact = useContact({ isKept: () => status.value !== 'none', wantsNone })
  let opening: Promise<OpenCache | undefined> = Promise.resolve(undefined)
  const list = keptListOf(() => opening)

  const mayFill = (): boolean => link.state === 'live'
  const maxBytes = (): number => bytesOf(limitMb.value)

  async function open(user: string): Promise<OpenCache | undefined> {
    const opened = await openCache({ user, mayFill, maxBytes, metAt: contact.metAt })
    if (session.user?.id !== user) return void opened?.close()
    status.value = opened === undefined ? 'none' : 'open'
    if (opened !== undefined) link.feed.copyTo(opened.follower, opened.epoch)
    return opened
  }

  function close(): void {
    list.close()
    link.feed.copyTo(undefined)
    void opening.then((opened) => opened?.close())
    opening = Promise.resolve(undefined)
  }

  function wantsNone(): void {
    close()
    status.value = 'none'
    void forgetCopy()
  }

  async function hear(event: FeedEvent): Promise<void> {
    if (event.type === 'welcome') contact.welcomed()
    else contact.heard()
    const opened = await opening
    if (event.type === 'welcome') opened?.welcomed(event)
    if (event.type === 'gone') opened?.follower.gone(event.room)
    void opened?.answers.hear(event)
  }

  watch(
    () => session.user?.id,
    (id) => {
      close()
      status.value = 'opening'
      if (id !== undefined) opening = open(id)
    },
    { immediate: true, flush: 'sync' },
  )
  link.feed.listen((event) => void hear(event))
  keepAnswersIn({
    isKept: isKeptAnswer,
    find: async (path) => (await opening)?.answers.find(path),
    keep: async (path, answer) => (await opening)?.answers.keep(path, answer),
  })

  return {
    status,
    contactAt: contact.at,
    limitMb,
    ready: (): Promise<OpenCache | undefined> => opening,
    /** The list of rooms as this device had it last. */
    rooms: list.read,
    /** `rooms`: what to write when it has changed, as plain objects. */
    keepRooms: list.keep,
    saveSoon: list.saveSoon,
    /** What is here: of how many rooms, and about how many bytes. `isFull`: the disk has no room for more. */
    usage: async () => (await opening)?.usage(),
    /** Nothing of the rooms stays on this device; what one opens from now on does. */
    empty: async () => (await opening)?.empty(),
    /** Another limit holds at once. */
    limitTo: async (mb: number) => {
      limitMb.value = mb
      await (await opening)?.copies.evict(bytesOf(mb), maxRooms)
    },
  }
})
