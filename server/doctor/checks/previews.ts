// Previews of pictures: each is of a picture that is there, and is a whole WebP. One that is missing is made when somebody looks.
import type { BlobStore } from '../../files/stores/blob-store.ts'
import type { At, Check, Difference } from '../check.ts'

const keysAtOnce = 500
/** RIFF, the length of the rest, WEBP. */
const headBytes = 12

interface Kept {
  key: string
  size: number
}

export const previews: Check = {
  name: 'previews',
  about: 'each preview is of a picture that is kept, and can be shown',
  ofRooms: false,
  async *look(at) {
    let some: Kept[] = []
    for await (const one of at.blobs.list('previews/')) {
      some.push(one)
      if (some.length < keysAtOnce) continue
      yield* lookAtSome(at, some)
      some = []
    }
    yield* lookAtSome(at, some)
  },
  repair: {
    does: 'removes them; they are made again when somebody looks',
    async run({ blobs }, differences) {
      for (const { id } of differences) if (id !== undefined) await blobs.remove(id)
    },
  },
}

async function* lookAtSome({ db, blobs, seen }: At, kept: readonly Kept[]): AsyncGenerator<Difference> {
  if (kept.length === 0) return
  seen(kept.length)
  const rows = await db.rows<{ hash: string }>('SELECT hash FROM blobs WHERE hash IN (?)', [
    [...new Set(kept.map(({ key }) => hashOf(key)))],
  ])
  const known = new Set(rows.map(({ hash }) => hash))
  for (const { key, size } of kept) {
    const isKnown = known.has(hashOf(key))
    if (isKnown && (await isWhole(blobs, key, size))) continue
    yield {
      key,
      id: key,
      words: `${key} ${isKnown ? 'is damaged' : 'is of a picture that is not kept any more'}`,
    }
  }
}

const hashOf = (key: string): string => key.split('/')[1] ?? ''

async function isWhole(blobs: BlobStore, key: string, size: number): Promise<boolean> {
  if (size < headBytes) return false
  const parts: Buffer[] = []
  for await (const part of await blobs.read(key, { start: 0, end: headBytes - 1 })) parts.push(part as Buffer)
  const head = Buffer.concat(parts)
  const isWebp = head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP'
  return isWebp && head.readUInt32LE(4) + 8 === size
}
