// The list of rooms as it was shown last, written down a moment after it has changed.
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Disk } from './disk.ts'

export interface KeptRooms {
  epoch: string
  rooms: RoomSummary[]
}

const saveMs = 1_500

/** `opening`: the copy of whoever is signed in; undefined: there is none. */
export function keptListOf(opening: () => Promise<{ disk: Disk; epoch: string | undefined } | undefined>) {
  let now: () => RoomSummary[] = () => []
  let saving: ReturnType<typeof setTimeout> | undefined

  async function save(): Promise<void> {
    close()
    // As it is at this moment: somebody else may be signed in by the time it is written.
    const rooms = now()
    const { disk, epoch } = (await opening()) ?? {}
    if (disk === undefined || epoch === undefined) return
    await disk.write((writing) =>
      writing.objectStore('facts').put({ epoch, rooms } satisfies KeptRooms, 'rooms'),
    )
  }

  function close(): void {
    clearTimeout(saving)
    saving = undefined
  }

  globalThis.addEventListener('pagehide', () => saving !== undefined && void save())

  return {
    read: async (): Promise<KeptRooms | undefined> =>
      (await (await opening())?.disk.read((reading) => reading.objectStore('facts').get('rooms'))) as
        | KeptRooms
        | undefined,
    keep: (rooms: () => RoomSummary[]): void => void (now = rooms),
    saveSoon: (): void => void (saving ??= setTimeout(() => void save(), saveMs)),
    close,
  }
}
