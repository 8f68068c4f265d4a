// Messages with files in the outbox: such a message waits until the server has each of its files, and nobody waits behind
// it. Pure; the bytes and their uploads are in web/files/taking.
import type { FileRef } from '../../server/protocol/files.ts'
import { isChanging, type Outgoing, type OutgoingMessage } from './outgoing.ts'

/** All files of the item have arrived. */
export const isReady = (item: Outgoing): boolean =>
  isChanging(item) || item.attached === undefined || item.files !== undefined

/** With `files`, once the server has each of them. */
export function gathered<Item extends Outgoing>(item: Item): Item {
  if (isChanging(item) || item.attached === undefined) return item
  const files = item.attached.flatMap(({ ref }) => ref ?? [])
  return files.length === item.attached.length ? { ...item, files } : item
}

/** The server has its file `key`, as `ref`. Undefined: the item has no such file. */
export function withWhole(item: Outgoing, key: string, ref: FileRef): OutgoingMessage | undefined {
  if (isChanging(item) || item.attached?.some((one) => one.key === key) !== true) return undefined
  const attached = item.attached.map((one) => (one.key === key ? { ...one, ref } : one))
  return gathered({ ...item, attached })
}

/** After so many attempts the server is taken not to want it. */
const maxLost = 3

/**
 * The server has a file of it no longer: all are uploaded once more, and those that are still there are whole at once.
 * Undefined: it has none, or that was tried often enough.
 */
export function startedAnew(item: Outgoing): OutgoingMessage | undefined {
  if (isChanging(item) || item.attached === undefined) return undefined
  if (item.attached.some(({ lost = 0 }) => lost >= maxLost)) return undefined
  const { files: _files, ...rest } = item
  const attached = item.attached.map(({ ref: _ref, lost = 0, ...one }) => ({ ...one, lost: lost + 1 }))
  return { ...rest, attached }
}
