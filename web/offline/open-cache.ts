// The copy of one account while it is open: its disk, its rooms, what keeps them in step, and the answers that are shown again.
import type { Welcome } from '../../server/protocol/events.ts'
import { askAgain, changes, page } from '../wire/api.ts'
import { openDisk, type Disk } from './disk.ts'
import { Follower } from './follower.ts'
import { KeptAnswers } from './kept-answers.ts'
import type { KeptRooms } from './kept-list.ts'
import { RoomCopies } from './room-copies.ts'

interface OpenDeps {
  user: string
  /** The connection is there. */
  mayFill: () => boolean
  /** How many bytes the rooms may take. */
  maxBytes: () => number
  /** When the present connection began (ms). */
  metAt: () => number
}

export interface OpenCache {
  disk: Disk
  copies: RoomCopies
  follower: Follower
  answers: KeptAnswers
  /** Of the log; undefined: nothing was kept yet. */
  epoch: string | undefined
  welcomed: (welcome: Welcome) => void
  usage: () => Promise<{ rooms: number; bytes: number; isFull: boolean }>
  empty: () => Promise<void>
  close: () => void
}

/** Undefined: this browser keeps nothing. */
export async function openCache({
  user,
  mayFill,
  maxBytes,
  metAt,
}: OpenDeps): Promise<OpenCache | undefined> {
  const disk = await openDisk(user)
  if (disk === undefined) return undefined
  const kept = await disk.read((reading) => reading.objectStore('facts').get('rooms'))
  const copies = new RoomCopies(disk)
  const answers = new KeptAnswers(disk, askAgain)
  const follower = new Follower({
    copies,
    changes,
    page,
    rest,
    mayFill: () => mayFill() && !savesData(),
    // A full disk takes less than it was meant to.
    maxBytes: () => maxBytes() / (disk.isFull ? 4 : 1),
    caughtUp: () => answers.refresh(metAt(), rest),
  })
  const opened: OpenCache = {
    disk,
    copies,
    follower,
    answers,
    epoch: (kept as KeptRooms | undefined)?.epoch,
    welcomed({ epoch, rooms }) {
      // Numbers of another log mean something else.
      if (opened.epoch !== undefined && opened.epoch !== epoch) void follower.voided()
      opened.epoch = epoch
      follower.welcomed(rooms.filter((room) => room.joined))
    },
    async usage() {
      const held = (await copies.list()).filter(({ stretch }) => stretch !== undefined)
      const bytes = held.reduce((sum, one) => sum + one.bytes, 0)
      return { rooms: held.length, bytes, isFull: disk.isFull }
    },
    async empty() {
      await follower.voided()
      await answers.clear()
    },
    close() {
      follower.close()
      disk.close()
    },
  }
  return opened
}

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
