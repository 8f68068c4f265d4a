// Files that the server has, taken anew: their message is taken back before anybody has got it, and is written again. The server
// keeps them for that message alone, so they are uploaded as new ones.
import { fileLimits } from '../../../server/protocol/file-limits.ts'
import type { FileRef } from '../../../server/protocol/files.ts'
import { tellRefused } from '../../ui/notify.ts'
import { count } from '../../words/figures.ts'
import { readContent } from '../../wire/files-api.ts'
import { t } from '../../words/words.ts'
import { loadEngine } from './load.ts'

export interface ReadAgain {
  ref: FileRef
  bytes: File
}

/** Their bytes; undefined: some could not be read, or nothing here could take them. */
export async function readAgain(files: readonly FileRef[]): Promise<ReadAgain[] | undefined> {
  const isReady =
    files.length === 0 ||
    (await loadEngine().then(
      () => true,
      () => false,
    ))
  if (!isReady) return undefined
  const read: ReadAgain[] = []
  for (const ref of files) {
    const bytes = await readContent(ref.id)
    if (bytes === undefined) return undefined
    read.push({ ref, bytes: new File([bytes], ref.name, { type: ref.type }) })
  }
  return read
}

/** Into the draft of `place`, after what is there. Fails if the code cannot be loaded. */
export async function takeAgain(place: string, files: readonly ReadAgain[]): Promise<void> {
  if (files.length === 0) return
  const engine = await loadEngine()
  const free = engine.free(place)
  const over = files.length - free
  if (over > 0) tellRefused(t('attach.many', { max: fileLimits.perMessage, n: count(over) }, over))
  await Promise.all(
    files.slice(0, Math.max(0, free)).map(({ ref, bytes }) => {
      const { kind, alt, durationMs, waveform } = ref
      return engine.add(place, [bytes], {
        ...(alt === undefined ? {} : { alt }),
        ...(kind === 'voice' ? { voice: true } : {}),
        ...(kind !== 'voice' || durationMs === undefined ? {} : { durationMs }),
        ...(kind !== 'voice' || waveform === undefined ? {} : { waveform }),
      })
    }),
  )
}
