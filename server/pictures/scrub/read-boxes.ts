// The boxes of which a film of a phone and a picture in the same wrapping consist (ISO/IEC 14496-12).
import type { FileBytes } from './file-bytes.ts'

export interface Box {
  name: string
  /** Of its name; of its content; and after it. */
  nameAt: number
  start: number
  end: number
}

/** Those that are side by side from `start` to `end`; a length that makes no sense ends it. */
export async function* boxesIn(
  bytes: FileBytes,
  { start, end }: { start: number; end: number },
): AsyncGenerator<Box> {
  for (let at = start; at + 8 <= end;) {
    const head = await bytes.at(at, 16)
    if (head.length < 8) return
    const short = head.readUInt32BE(0)
    const isLong = short === 1 && head.length === 16
    const length = isLong ? Number(head.readBigUInt64BE(8)) : short === 0 ? end - at : short
    const begins = at + (isLong ? 16 : 8)
    if (length < begins - at) return
    const stop = Math.min(at + length, end)
    yield { name: head.toString('latin1', 4, 8), nameAt: at + 4, start: begins, end: stop }
    at = stop
  }
}
