// What of the workspace is on this device, for whoever is signed in: the rest of the app asks this store and no other file here.
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { useWorkspace } from '../access/workspace.ts'
import { useSession } from '../account/session.ts'
import { askAgain, changes, keepAnswersIn, page } from '../wire/api.ts'
import type { FeedEvent } from '../wire/feed-events.ts'
import { useLink } from '../wire/link.ts'
import { bytesOf, useDeviceLimit } from './device-limit.ts'
import { openDisk, type Disk } from './disk.ts'
import { Follower, maxRooms } from './follower.ts'
import { isKeptAnswer, KeptAnswers } from './kept-answers.ts'
import { forgetCopy } from './forget.ts'
import { keepMarker, lastContact } from './marker.ts'
import { RoomCopies } from './room-copies.ts'

/** The list of rooms as it was shown last. */
export interface KeptRooms {
  epoch: string
  rooms: RoomSummary[]
}

export interface OpenCache {
  disk: Disk
  copies: RoomCopies
  follower: Follower
  answers: KeptAnswers
  epoch: string | undefined
}

/** The list is written so long after it has changed, and the time of the last contact at most so often. */
const saveMs = 1_500
const contactMs = 20_000

export const useCache = defineStore('cache', () => {
  const session = useSession()
  const link = useLink()
  const workspace = useWorkspace()
  const limitMb = useDeviceLimit()
  /** `none`: this browser keeps nothing. */
  const status = ref<'opening' | 'open' | 'none'>('opening')
  /** When the server was last there (ms). */
  const contactAt = ref(lastContact())
  let opening: Promise<OpenCache | undefined> = Promise.resolve(undefined)
  let opened: OpenCache | undefined
  /** When this connection began (ms). */
  let metAt = 0
  let saving: ReturnType<typeof setTimeout> | undefined
  let roomsNow: () => RoomSummary[] = () => []
  const days = (): number => workspace.settings?.offlineDays ?? limits.offline.usualDays

  async function open(user: string): Promise<OpenCache | undefined> {
    const disk = await openDisk(user)
    if (session.user?.id !== user) return void disk?.close()
    status.value = disk === undefined ? 'none' : 'open'
    if (disk === undefined) return undefined
    const kept = (await disk.read((reading) => reading.objectStore('facts').get('rooms'))) as
      | KeptRooms
      | undefined
    const copies = new RoomCopies(disk)
    const answers = new KeptAnswers(disk, askAgain)
    const follower = new Follower({
      copies,
      changes,
      page,
      rest,
      mayFill: () => link.state === 'live' && !savesData(),
      maxBytes: () => bytesOf(limitMb.value) / (disk.isFull ? 4 : 1),
      caughtUp: () => answers.refresh(metAt, rest),
    })
    opened = { disk, copies, follower, answers, epoch: kept?.epoch }
    link.feed.copyTo(follower, kept?.epoch)
    return opened
  }

  function close(): void {
    clearTimeout(saving)
    saving = undefined
    link.feed.copyTo(undefined)
    opened?.follower.close()
    opened?.disk.close()
    opened = undefined
  }

  /** The server is there, and says who this is. */
  function met(): void {
    if (session.user === undefined || status.value === 'none') return
    contactAt.value = Date.now()
    keepMarker(session.user, days(), contactAt.value)
  }

  async function hear(event: FeedEvent): Promise<void> {
    if (event.type === 'welcome') {
      metAt = Date.now()
      met()
      const cache = await opening
      if (cache === undefined) return
      const joined = event.rooms.filter((room) => room.joined)
      if (cache.epoch !== undefined && cache.epoch !== event.epoch) void cache.follower.voided()
      cache.epoch = event.epoch
      cache.follower.welcomed(joined)
    } else if (opened !== undefined) {
      if (event.type === 'gone') opened.follower.gone(event.room)
      void opened.answers.hear(event)
      if (Date.now() - (contactAt.value ?? 0) > contactMs && link.state === 'live') met()
    }
  }

  /** The list of rooms has changed. */
  function saveSoon(): void {
    saving ??= setTimeout(save, saveMs)
  }

  function save(): void {
    clearTimeout(saving)
    saving = undefined
    const { disk, epoch } = opened ?? {}
    if (disk === undefined || epoch === undefined) return
    const kept: KeptRooms = { epoch, rooms: roomsNow() }
    void disk.write((writing) => writing.objectStore('facts').put(kept, 'rooms'))
  }

  watch(
    () => session.user?.id,
    (id) => {
      close()
      status.value = 'opening'
      opening = id === undefined ? Promise.resolve(undefined) : open(id)
    },
    { immediate: true, flush: 'sync' },
  )
  watch(
    () => link.state === 'live',
    (is, was) => was && !is && session.user !== undefined && met(),
  )
  watch(days, (lasts) => {
    if (lasts > 0) return link.state === 'live' ? met() : undefined
    // The workspace wants nothing kept.
    close()
    opening = Promise.resolve(undefined)
    status.value = 'none'
    void forgetCopy()
  })
  link.feed.listen((event) => void hear(event))
  globalThis.addEventListener('pagehide', () => saving !== undefined && save())
  keepAnswersIn({
    isKept: isKeptAnswer,
    find: async (path) => (await opening)?.answers.find(path),
    keep: async (path, answer) => (await opening)?.answers.keep(path, answer),
  })

  return {
    status,
    contactAt,
    limitMb,
    ready: (): Promise<OpenCache | undefined> => opening,
    /** The list of rooms as this device had it last. */
    rooms: async (): Promise<KeptRooms | undefined> =>
      (await (await opening)?.disk.read((reading) => reading.objectStore('facts').get('rooms'))) as
        | KeptRooms
        | undefined,
    /** `rooms`: what to write when it has changed, as plain objects. */
    keepRooms: (rooms: () => RoomSummary[]) => void (roomsNow = rooms),
    saveSoon,
    /** What is here: of how many rooms, and about how many bytes. `isFull`: the disk has no room for more. */
    usage: async () => {
      const open = await opening
      const held = (await open?.copies.list())?.filter(({ stretch }) => stretch !== undefined) ?? []
      const bytes = held.reduce((sum, one) => sum + one.bytes, 0)
      return { rooms: held.length, bytes, isFull: open?.disk.isFull === true }
    },
    /** Nothing of the rooms stays on this device; what one opens from now on does. */
    empty: async () => {
      const open = await opening
      await open?.follower.voided()
      await open?.answers.clear()
    },
    /** Another limit holds at once. */
    limitTo: async (mb: number) => {
      limitMb.value = mb
      await (await opening)?.copies.evict(bytesOf(mb), maxRooms)
    },
  }
})

const savesData = (): boolean =>
  (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true

/** `ms` later, once the page has nothing better to do. */
const rest = (ms: number): Promise<void> =>
  new Promise((resolve) =>
    setTimeout(
      () => ('requestIdleCallback' in globalThis ? requestIdleCallback(() => resolve()) : resolve()),
      ms,
    ),
  )
