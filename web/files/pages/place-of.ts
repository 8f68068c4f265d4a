// Where the message of a listed file is read. Pure.
import type { ListedFile } from '../../../server/protocol/files.ts'

export const placeOf = ({ room, seq, thread }: Pick<ListedFile, 'room' | 'seq' | 'thread'>): string =>
  thread === undefined ? `/rooms/${room}/${seq}` : `/rooms/${room}/thread/${thread}/${seq}`
