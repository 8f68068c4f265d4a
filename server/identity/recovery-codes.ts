// Recovery codes: how they are made, typed and kept. Uses no store.
import { createHash, randomInt } from 'node:crypto'

/** Without i, l, o, 0 and 1, which look alike on paper; 28 of them have 138 random bits, which nobody finds by a hash. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
const chars = 28
const group = 4

const newCode = (): string =>
  Array.from({ length: chars }, (_, at) => {
    const letter = letters.charAt(randomInt(letters.length))
    return at > 0 && at % group === 0 ? `-${letter}` : letter
  }).join('')

export const newCodes = (count: number): string[] => Array.from({ length: count }, newCode)

/** As somebody may type it: with spaces, without dashes, in capitals. */
const bare = (typed: string): string => typed.toLowerCase().replaceAll(/[\s-]/g, '')

/** With the person's id: two people who have the same code are not to be told from each other's hashes. */
export const hashOfCode = (userId: string, typed: string): Buffer =>
  createHash('sha256')
    .update(`${userId}:${bare(typed)}`)
    .digest()
