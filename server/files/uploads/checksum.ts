// The extension "checksum" of tus: a part names its checksum, and is taken as a whole or not at all.
import { createHash, timingSafeEqual } from 'node:crypto'

export interface Checksum {
  update(chunk: Buffer): void
  /** Asked once, at the end. */
  holds(): boolean
}

/** Undefined: none is asked for. `unknown`: none that this server takes. */
export function readChecksum(header: string | null): Checksum | 'unknown' | undefined {
  if (header === null) return undefined
  const [, algorithm, text = ''] = /^(sha1|sha256) ([A-Za-z0-9+/]+={0,2})$/.exec(header) ?? []
  if (algorithm === undefined) return 'unknown'
  const wanted = Buffer.from(text, 'base64')
  const hash = createHash(algorithm)
  return {
    update: (chunk) => void hash.update(chunk),
    holds: () => {
      const found = hash.digest()
      return found.length === wanted.length && timingSafeEqual(found, wanted)
    },
  }
}
