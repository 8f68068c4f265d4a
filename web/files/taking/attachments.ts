// The files of one draft, a room's or a thread's, as its composer has them. Small and always there; the engine behind it
// is loaded with the first file.
import { computed, reactive } from 'vue'
import { useSession } from '../../account/session.ts'
import { fileLimits } from '../../../server/protocol/file-limits.ts'
import type { FileRef, UploadFacts } from '../../../server/protocol/files.ts'
import type { Attached, Outgoing } from '../../wire/outgoing.ts'
import { isChanging } from '../../wire/outgoing.ts'
import { tellRefused } from '../../ui/notify.ts'
import { t } from '../../words/words.ts'
import { filesIn, markOf, type HeldFile } from './held.ts'
import { attachedOf } from './in-outbox.ts'
import { engine, loadEngine } from './load.ts'
import type { FolderFound } from './given.ts'

/** Reactive. */
export interface Attachments {
  readonly files: readonly HeldFile[]
  /** Takes files, or says why not. `facts`: what is known of them besides, of a voice message. */
  add: (given: readonly (File | FolderFound)[], facts?: Partial<UploadFacts>) => Promise<void>
  /** They go with a message, which the caller puts into the outbox at once. Undefined: there are none. */
  take: () => Attached[] | undefined
  /** Those that the server has whole, in their order; undefined: some are still to come. */
  uploaded: () => { key: string; ref: FileRef }[] | undefined
  /** The server has them for a message that it sends later: they are not kept here any longer. */
  forget: (keys: readonly string[]) => void
  /** Takes back those of a message that was not sent. */
  takeBack: (item: Outgoing | undefined) => void
  /** The message is not wanted any more: neither are they. */
  discard: (item: Outgoing | undefined) => void
}

export function useAttachments(user: string, place: string): Attachments {
  const files = computed(() => filesIn(place, user))
  if (isMarked(user, place)) void loadEngine().catch(() => undefined)

  async function add(given: readonly (File | FolderFound)[], facts?: Partial<UploadFacts>): Promise<void> {
    try {
      const [{ checked, sayRefused }, hand] = await Promise.all([import('./check.ts'), loadEngine()])
      // Somebody else may be signed in here meanwhile.
      if (useSession().user?.id !== user) return
      const { good, bad } = checked(given, fileLimits.perMessage - files.value.length)
      if (bad.length > 0) tellRefused(sayRefused(bad))
      if (good.length > 0) void hand.add(place, good, facts)
    } catch {
      tellRefused(t('attach.noCode'))
    }
  }

  return reactive({
    files,
    add,
    take: () => (files.value.length === 0 ? undefined : engine()?.handOver(place)),
    uploaded: () => uploadedOf(files.value),
    forget: (keys: readonly string[]) => engine()?.forget(keys),
    takeBack: (item: Outgoing | undefined) => withKeys(item, (keys, hand) => hand.put(keys, place)),
    discard: (item: Outgoing | undefined) => withKeys(item, (keys, hand) => hand.discard(keys)),
  })
}

function uploadedOf(files: readonly HeldFile[]): { key: string; ref: FileRef }[] | undefined {
  const whole = files.map(attachedOf).flatMap(({ key, ref }) => (ref === undefined ? [] : [{ key, ref }]))
  return whole.length < files.length ? undefined : whole
}

type Engine = Awaited<ReturnType<typeof loadEngine>>

function withKeys(item: Outgoing | undefined, act: (keys: string[], hand: Engine) => void): void {
  const hand = engine()
  if (hand === undefined || item === undefined || isChanging(item) || item.attached === undefined) return
  act(
    item.attached.map(({ key }) => key),
    hand,
  )
}

function isMarked(user: string, place: string): boolean {
  try {
    return localStorage.getItem(markOf(user, place)) !== null
  } catch {
    return false
  }
}
