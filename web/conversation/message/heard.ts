// How a message is heard: its name is the author and the time, and the day where it changes; its words and its state
// follow as the description.
import { computed } from 'vue'
import { inBrief } from '../../text/brief.ts'
import { isGuestNow } from '../../wire/looks.ts'
import { useSay } from '../../words/say.ts'
import { useConversation } from '../conversation.ts'
import type { MessageLine } from '../lines/line.ts'
import { useDrawnList } from '../list/drawn-list.ts'

interface Heard {
  line: MessageLine
  /** It is the first message of this day. */
  day: number | undefined
  /** It is the first unread message. */
  isNew: boolean | undefined
}

export function useHeard(heard: () => Heard) {
  const { timeline, isThread } = useConversation()
  const { t, count, dayLine, list: series, parts, time, moment, refusal } = useSay()
  const list = useDrawnList()

  const name = computed(() => {
    const { line, day, isNew } = heard()
    const what = line.user.bot ? t('people.bot') : isGuestNow(line.user.id) && t('entry.guest')
    const author = what ? `${line.user.name} (${what})` : line.user.name
    return parts(isNew && t('room.newLine'), day !== undefined && dayLine(day), author, time(line.at))
  })

  /** What stands around the words. */
  const about = computed(() => {
    const { line } = heard()
    const { replyTo, standing, reactions, threaded } = line
    const quoted = replyTo === null ? undefined : (list.lineAt(replyTo) ?? timeline.quoted(replyTo))
    const failed =
      standing === 'failed' &&
      (line.refusal
        ? t('room.standing.failedWhy', { why: refusal(line.refusal) })
        : t('room.standing.failed'))
    return [
      failed,
      quoted && `${t('room.replyTo', { name: quoted.user.name })}: ${inBrief(quoted).slice(0, 120)}`,
      series(reactions.map(({ emoji, users }) => `${emoji} ${count(users.length)}`)),
      threaded && !isThread && t('thread.replies', { n: count(threaded.replies) }, threaded.replies),
    ]
      .filter(Boolean)
      .join('. ')
  })

  /** For who looks: when exactly, edited when, and that it is archived. */
  const details = computed(() => {
    const { at, editedAt, seq } = heard().line
    return [
      moment(at),
      editedAt !== null && t('room.editedAt', { when: moment(editedAt) }),
      seq !== undefined && timeline.isArchived(seq) && t('room.archived'),
    ]
      .filter(Boolean)
      .join('\n')
  })

  return { name, about, details }
}
