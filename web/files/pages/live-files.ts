// The files of messages that arrive while a list of files is on screen, as the list has them. Pure.
import type { FileRef, ListedFile } from '../../../server/protocol/files.ts'
import { isReply } from '../../../server/protocol/timeline.ts'
import type { EntriesEvent } from '../../wire/feed-events.ts'

interface Said {
  seq: number
  at: number
  user: { id: string; name: string }
  thread?: number | undefined
  files?: readonly FileRef[] | undefined
  deletedAt?: number | null | undefined
}

/** The files that an event brings, of the room and of its threads. */
export function arrivedFiles({ room, messages, changes }: EntriesEvent): ListedFile[] {
  const said: Said[] = [...messages.filter(({ kind }) => kind === 'message'), ...changes.filter(isReply)]
  return said.flatMap(({ seq, at, user: { id, name }, thread, files = [], deletedAt = null }) =>
    deletedAt !== null
      ? []
      : files.map((file) => ({
          ...file,
          room,
          seq,
          ...(thread === undefined ? {} : { thread }),
          user: { id, name },
          at,
        })),
  )
}

/** Put among those that are listed, the newest first; what is older than all of them comes with its page if there is `more`. */
export function withArrived(
  items: readonly ListedFile[],
  arrived: readonly ListedFile[],
  more: boolean,
): readonly ListedFile[] {
  const known = new Set(items.map(({ id }) => id))
  const oldest = more ? (items.at(-1)?.at ?? Infinity) : -Infinity
  const added = arrived.filter(({ id, at }) => !known.has(id) && known.add(id) && at > oldest)
  return added.length === 0 ? items : [...added, ...items].sort((a, b) => b.at - a.at)
}
