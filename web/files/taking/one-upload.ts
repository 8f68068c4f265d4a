// One file on its way to the server: what is left of its bytes, then how it is described, then what the server makes of
// it. Each step that is done is kept, so that the next attempt, or the next page, goes on after it.
import type { FileAnswer, FileRef } from '../../../server/protocol/files.ts'
import type { UploadAsk } from '../../wire/file-upload.ts'
import { isRefusal, type Refusal, type RefusalCode } from '../../wire/refusal.ts'
import { held, setGoing, type HeldFile } from './held.ts'
import type { Shelf } from './shelf.ts'

export interface UploadSteps {
  upload: (ask: UploadAsk) => Promise<{ url: string } | Refusal | undefined>
  idOf: (url: string) => string
  read: (id: string) => Promise<FileAnswer | Refusal>
  change: (id: string, change: { alt: string }) => Promise<FileAnswer | Refusal>
}

interface OneUpload extends UploadSteps {
  shelf: Shelf
  startAnew: (key: string) => void
  /** The server has all of it. */
  whole: (key: string, ref: FileRef) => void
}

/** The server knows the upload no longer. */
const isForgotten = (code: RefusalCode): boolean => code === 'not_found' || code === 'file_gone'

/** Undefined: it was stopped, or another tab has removed it. */
export async function uploadOne(
  one: OneUpload,
  key: string,
  signal: AbortSignal,
): Promise<Refusal | 'whole' | undefined> {
  // Another tab may have gone on with it meanwhile.
  const file = await one.shelf.fresh(key)
  if (file === undefined || signal.aborted) return undefined
  const bytes = await one.shelf.bytes(key)
  if (file.ref === undefined && bytes === undefined) return { code: 'file_gone' }
  const outcome = await goOn(one, file, { bytes, signal })
  if (!isRefusal(outcome) || !isForgotten(outcome.code)) return outcome
  one.startAnew(key)
  return bytes === undefined ? { code: 'file_gone' } : { code: 'unreachable' }
}

async function goOn(
  one: OneUpload,
  file: HeldFile,
  { bytes, signal }: { bytes: Blob | undefined; signal: AbortSignal },
): Promise<Refusal | 'whole' | undefined> {
  let { url } = file
  if (bytes !== undefined && (file.ref === undefined || url === undefined)) {
    const sent = await send(one, file, { bytes, signal })
    if (sent === undefined || isRefusal(sent)) return sent
    url = sent.url
  }
  return url === undefined ? { code: 'file_gone' } : learn(one, file.key, one.idOf(url))
}

const send = (
  { upload, shelf }: OneUpload,
  { key, shown, facts, url }: HeldFile,
  { bytes, signal }: { bytes: Blob; signal: AbortSignal },
) =>
  upload({
    bytes,
    name: shown.name,
    facts,
    url,
    signal,
    begun: (at) => held.get(key)?.url !== at && shelf.change([key], (file) => ({ ...file, url: at })),
    sent: (count) => {
      setGoing(key, { sent: count, trouble: undefined })
      shelf.tellSent(key, count)
    },
  })

/** Tells the server what the picture shows, and learns what it makes of the file. */
async function learn(
  { change, read, shelf, whole }: OneUpload,
  key: string,
  id: string,
): Promise<Refusal | 'whole' | undefined> {
  const alt = held.get(key)?.shown.alt ?? ''
  const isDescribed = alt !== '' || held.get(key)?.ref?.alt !== undefined
  const answer = isDescribed ? await change(id, { alt }) : await read(id)
  if (isRefusal(answer)) return answer
  const { offset: _offset, whole: isWhole, room: _room, seq: _seq, at: _at, ...ref } = answer.file
  if (!isWhole) return { code: 'file_unfinished' }
  shelf.change([key], (file) => ({ ...file, ref }))
  setGoing(key, { sent: ref.size, trouble: undefined })
  whole(key, ref)
  return 'whole'
}
