// What the outbox says of the files that its messages wait for. Pure.
import { isChanging, type Attached, type Outgoing, type OutgoingMessage } from '../../wire/outgoing.ts'
import { isDraft, type HeldFile } from './held.ts'

type WithFiles = OutgoingMessage & { attached: Attached[] }

export const messagesWithFiles = (outgoing: readonly Outgoing[]): WithFiles[] =>
  outgoing.filter((item): item is WithFiles => !isChanging(item) && item.attached !== undefined)

/** The files that its messages have. */
export const keysOf = (outgoing: readonly Outgoing[]): Set<string> =>
  new Set(messagesWithFiles(outgoing).flatMap(({ attached }) => attached.map(({ key }) => key)))

/** The message that the file belongs to. */
export const messageOf = (outgoing: readonly Outgoing[], key: string): WithFiles | undefined =>
  messagesWithFiles(outgoing).find(({ attached }) => attached.some((one) => one.key === key))

/** The server has all of it, and knows how it is described. */
const isTold = ({ ref, shown }: { ref: HeldFile['ref']; shown: HeldFile['shown'] }): boolean =>
  ref !== undefined && (ref.alt ?? '') === (shown.alt ?? '')

/** The files that are to be uploaded now, in the order in which they will be missed. */
export function wantedOf(files: Iterable<HeldFile>, outgoing: readonly Outgoing[]): string[] {
  const all = [...files].filter(
    ({ ref, shown, isPaused, refusal }) =>
      !isTold({ ref, shown }) && isPaused !== true && refusal === undefined,
  )
  const sent = messagesWithFiles(outgoing)
    .filter(({ state }) => state === 'waiting')
    .flatMap(({ attached }) => attached.map(({ key }) => key))
  const drafts = all.filter(({ place }) => isDraft(place)).sort((a, b) => a.at - b.at || a.order - b.order)
  const known = new Set(all.map(({ key }) => key))
  return [...sent.filter((key) => known.has(key)), ...drafts.map(({ key }) => key)]
}

/** As a message takes it along. */
export function attachedOf({ key, shown, ref }: HeldFile): Attached {
  return { key, shown, ...(ref !== undefined && isTold({ ref, shown }) ? { ref } : {}) }
}
