// What a note says, in the reader's language.
import { isolate, type useSay } from '../../words/say.ts'
import { sayInvalid } from '../composer/completion/own-commands.ts'
import type { Note } from '../lines/line.ts'

export function noteWords(
  note: Note,
  { t, refusal: sayRefusal }: Pick<ReturnType<typeof useSay>, 't' | 'refusal'>,
) {
  const { name = '', state, refusal, code, text } = note
  const command = isolate(`/${name}`)
  if (state === 'asking') return t('commands.asking', { command })
  if (refusal) return t('commands.refused', { command, why: sayRefusal(refusal) })
  if (state === 'failed' && code === undefined) return sayInvalid(note) ?? text
  return code ? t(`commands.${code}`, { command }) : text
}
