// What is written over the bytes of a file when somebody else than its owner gets it: the file keeps its length, so a range of
// it is where it was, and it is kept only once. Pure.

/** From this byte on: so many zeros, or these bytes in base64. */
export type Patch = [at: number, put: number | string]

/** No camera and no program writes such a file. */
export class TooManyPatches extends Error {
  override name = 'TooManyPatches'
}

export class Patches {
  readonly #max: number
  /** In the order in which they are applied: a later one is written over an earlier one. */
  readonly all: Patch[] = []

  constructor(max: number) {
    this.#max = max
  }

  /** Zeros from `start` up to `end`, which is not one of them. @throws TooManyPatches */
  clear(start: number, end: number): void {
    if (end > start) this.#add([start, end - start])
  }

  /** @throws TooManyPatches */
  write(at: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.#add([at, Buffer.from(bytes).toString('base64')])
  }

  #add(patch: Patch): void {
    if (this.all.length >= this.#max) throw new TooManyPatches()
    this.all.push(patch)
  }
}

/** Writes the patches over `chunk`, in place. `at`: where in the file it begins. */
export function applyPatches(chunk: Buffer, at: number, patches: readonly Patch[]): Buffer {
  const end = at + chunk.length
  for (const [from, put] of patches) {
    const length = typeof put === 'number' ? put : Buffer.byteLength(put, 'base64')
    if (from >= end || from + length <= at) continue
    const start = Math.max(from, at)
    const stop = Math.min(from + length, end)
    if (typeof put === 'number') chunk.fill(0, start - at, stop - at)
    else Buffer.from(put, 'base64').copy(chunk, start - at, start - from, stop - from)
  }
  return chunk
}
