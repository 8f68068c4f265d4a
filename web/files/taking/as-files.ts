// The files of a message that is not sent yet, as it will have them: for the place that they take. Pure.
import type { FileRef } from '../../../server/protocol/files.ts'
import type { Attached } from '../../wire/outgoing.ts'

export const asFiles = (attached: readonly Attached[]): FileRef[] =>
  attached.map(({ key, shown, ref }) => ref ?? { ...shown, id: key })
