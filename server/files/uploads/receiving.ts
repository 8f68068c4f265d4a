// The body of one request on its way to the disk. Whatever ends it, what had come stays: the sender goes on from there.
import type { IncomingMessage } from 'node:http'
import { ERRORS } from '@tus/server'
import { fileLimits } from '../../protocol/file-limits.ts'
import type { Checksum } from './checksum.ts'
import type { PartWriter } from './parts.ts'

export interface Receiving {
  maxBytes: number
  /** Somebody else is to write this upload. */
  signal: AbortSignal
  checksum: Checksum | undefined
  /** Asked again and again, after fileLimits.spaceEveryBytes. @throws what says that there is no space for more */
  requireSpace: () => Promise<void>
}

/** `end`: where the bytes on the disk end, as far as is known. `error`: why no more came, or what the disk says. */
export async function receive(
  source: IncomingMessage,
  writer: PartWriter,
  { maxBytes, signal, checksum, requireSpace }: Receiving,
): Promise<{ end: number; error?: unknown }> {
  const silent = silence(source, signal)
  let error: unknown
  let [left, unasked] = [maxBytes, 0]
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      silent.heard()
      if (signal.aborted) throw ERRORS.ABORTED
      left -= chunk.length
      if (left < 0) throw ERRORS.ERR_SIZE_EXCEEDED
      unasked += chunk.length
      if (unasked >= fileLimits.spaceEveryBytes) {
        await requireSpace()
        unasked = 0
      }
      checksum?.update(chunk)
      await writer.write(chunk)
    }
  } catch (caught) {
    // The connection is gone, or was given up.
    error = source.errored === null && !signal.aborted ? caught : ERRORS.ABORTED
  }
  silent.over()
  try {
    return { end: await writer.end(), ...(error === undefined ? {} : { error }) }
  } catch (failed) {
    return { end: writer.position, error: failed }
  }
}

/** Ends a connection from which nothing comes, and one whose upload somebody else wants. */
function silence(source: IncomingMessage, signal: AbortSignal): { heard: () => void; over: () => void } {
  const end = (): void => void source.destroy()
  const timer = setTimeout(end, fileLimits.stalledMs)
  signal.addEventListener('abort', end, { once: true })
  return {
    heard: () => void timer.refresh(),
    over: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
    },
  }
}
