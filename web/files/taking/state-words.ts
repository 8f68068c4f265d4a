// What is said of a file that waits: how large it is, how much of it is there, or why it does not go on.
import { sayRefusal } from '../../words/refused.ts'
import { remaining } from '../../words/figures.ts'
import { sizeWords } from '../../words/size-words.ts'
import { t } from '../../words/words.ts'
import type { Going, HeldFile } from './held.ts'

export type FileStand = 'whole' | 'refused' | 'paused' | 'waiting' | 'going'

export function standOf({ ref, refusal, isPaused, shown }: HeldFile, { trouble, sent }: Going): FileStand {
  if (refusal !== undefined) return 'refused'
  if (ref !== undefined) return 'whole'
  if (isPaused === true) return 'paused'
  return trouble !== undefined || (sent === 0 && shown.size > 0) ? 'waiting' : 'going'
}

export function stateWords(file: HeldFile, going: Going): string {
  const { kind, durationMs, size: bytes } = file.shown
  const size = kind === 'voice' && durationMs !== undefined ? remaining(durationMs) : sizeWords(bytes)
  switch (standOf(file, going)) {
    case 'refused':
      return file.refusal === undefined ? '' : sayRefusal(file.refusal)
    case 'whole':
      return size
    case 'paused':
      return t('attach.paused')
    case 'waiting':
      if (going.trouble === undefined) return size
      return going.trouble.code === 'unreachable' ? t('attach.waiting') : sayRefusal(going.trouble)
    case 'going':
      return t('attach.of', { sent: sizeWords(Math.min(going.sent, bytes)), size: sizeWords(bytes) })
  }
}

/** A voice message has a name that nobody has chosen. */
export const calledOf = ({ kind, name }: HeldFile['shown']): string =>
  kind === 'voice' ? t('voice.bar') : name

/** Of all of them: bytes, and how many are not whole. */
export function sumOf(files: readonly HeldFile[], goingOf: (key: string) => Going) {
  const size = files.reduce((sum, file) => sum + file.shown.size, 0)
  const sent = files.reduce(
    (sum, { key, ref, shown }) => sum + (ref ? shown.size : Math.min(shown.size, goingOf(key).sent)),
    0,
  )
  return {
    size,
    sent,
    left: files.filter(({ ref, refusal }) => ref === undefined && refusal === undefined),
    refused: files.filter(({ refusal }) => refusal !== undefined),
  }
}
