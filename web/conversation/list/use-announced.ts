// Tells screen readers what happens in a conversation on screen: new messages of others, many of them as one sentence,
// own messages and edits that were refused, and what only this person is told. Never history, never own messages that are sent.
import { onScopeDispose, watch } from 'vue'
import { isSpoken, showsInRoom } from '../../../server/protocol/timeline.ts'
import { inBrief } from '../../text/brief.ts'
import { announce, announceNow } from '../../ui/announce.ts'
import { whileSeen } from '../../ui/page-seen.ts'
import { useSay } from '../../words/say.ts'
import { useConversation } from '../conversation.ts'
import type { Line, MessageLine } from '../lines/line.ts'
import { noteWords } from '../rows/note-words.ts'
import { gathered } from './gathered.ts'

/** More than these at once are one sentence. */
const maxRead = 3
const maxChars = 500
/** New and refused messages are among the last rows. */
const lookedAt = 200

export function useAnnounced(): void {
  const { timeline, isThread } = useConversation()
  const rows = whileSeen(() => timeline.rows)
  const say = useSay()
  const { t, count, refusal } = say
  /** Everything up to here was announced, or was there when the conversation was opened. */
  let upTo: number | undefined
  const refused = new Set<string>()
  const noted = new Set<string>()
  const fresh = gathered<MessageLine>(tell)
  onScopeDispose(fresh.close)

  function tell(lines: MessageLine[]): void {
    const last = lines.at(-1)
    if (last === undefined) return
    if (lines.length > maxRead)
      return announce(t('room.saidMany', { n: count(lines.length), name: last.user.name }, lines.length))
    for (const line of lines) {
      const text = inBrief(line).slice(0, maxChars)
      announce(t('room.said', { name: line.user.name, text }), text)
    }
  }

  function announceRefused({ standing, refusal: why, failedEdit, ...line }: MessageLine): void {
    const text = inBrief(line).slice(0, 80)
    if (standing !== 'failed')
      return announceNow(
        t('room.editFailedWhy', { why: failedEdit?.refusal ? refusal(failedEdit.refusal) : '' }),
      )
    announceNow(why ? t('aloud.notSent', { why: refusal(why), text }) : t('room.standing.failed'))
  }
  const refusedKey = ({ key, standing, failedEdit }: MessageLine): string | undefined =>
    standing === 'failed' ? key : failedEdit?.cid

  /** What only this person is told. */
  function tellNotes(isFirst: boolean): void {
    for (const row of rows.value) {
      if (row.kind !== 'note' || row.note.state === 'asking' || noted.has(row.note.key)) continue
      noted.add(row.note.key)
      const words = noteWords(row.note, say) ?? ''
      if (!isFirst) announce(words, words)
    }
  }

  function look(isFirst: boolean): void {
    tellNotes(isFirst)
    const lines = rows.value
      .slice(-lookedAt)
      .flatMap((row): Line[] => (row.kind === 'line' ? [row.line] : []))
    const from = upTo
    upTo = Math.max(upTo ?? timeline.newest, lines.findLast(({ seq }) => seq !== undefined)?.seq ?? 0)
    for (const line of lines.filter(isSpoken)) {
      const key = refusedKey(line)
      if (key === undefined || refused.has(key)) continue
      refused.add(key)
      if (!isFirst) announceRefused(line)
    }
    if (from === undefined) return
    // A reply that the room shows as well is said there.
    const isSaidHere = (line: MessageLine) => !isThread || !showsInRoom(line)
    const isFresh = (line: Line): line is MessageLine =>
      isSpoken(line) &&
      line.seq !== undefined &&
      line.seq > from &&
      !line.own &&
      line.deletedAt === null &&
      isSaidHere(line)
    fresh.add(lines.filter(isFresh))
  }

  watch(
    () => [timeline.status === 'ready', rows.value] as const,
    ([isReady], before) => isReady && look(before?.[0] !== true),
    { immediate: true },
  )
}
