// What a file is, by its bytes: how it is shown, and what only its owner gets of it. Nothing of it is read in this process.
import type { Pictures } from '../../pictures/pictures.ts'
import type { Patch } from '../../pictures/scrub/patch.ts'
import type { Failure } from '../../pictures/tasks.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { FileRef } from '../../protocol/files.ts'
import { pictureLimits } from '../../protocol/picture-limits.ts'

export interface Inspected {
  path: string
  /** Bytes. */
  size: number
  /** As its sender calls it; it decides nothing. */
  name: string
  /** Whose turn it takes. */
  person: string
}

/** `patches`: what is written over its bytes for everybody but its owner; missing if nothing is. */
export type Inspection = Pick<FileRef, 'type' | 'kind' | 'width' | 'height' | 'thumb' | 'animated'> & {
  patches?: Patch[]
}
export type Inspect = (file: Inspected) => Promise<Inspection | Refusal>

export const inspectWith =
  (pictures: Pictures): Inspect =>
  async ({ path, size, person }) => {
    const looked = await pictures.look(person, { path, size })
    return 'done' in looked ? looked.done : refusalOf(looked.failure)
  }

/** `failed`: it has brought down, or kept busy, the process that looked at it. Nobody else needs to try. */
export function refusalOf(failure: Failure): Refusal {
  switch (failure) {
    case 'too_many_pixels':
    case 'too_many_frames':
      return { code: failure }
    case 'busy':
      return { code: 'overloaded', retryAfterMs: pictureLimits.busyMs }
    case 'unreadable':
    case 'failed':
      return { code: 'bad_file' }
  }
}
