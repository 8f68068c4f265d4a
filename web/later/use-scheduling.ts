// Schedules what is being written in a conversation; the draft is empty afterwards, and an undo brings it back.
import { readTyped } from '../conversation/composer/slash.ts'
import { useConversation } from '../conversation/conversation.ts'
import { tellRefused, tellUndoable } from '../ui/notify.ts'
import { isRefusal } from '../wire/refusal.ts'
import { useSay } from '../words/say.ts'

export function useScheduling() {
  const { writing, thread, later } = useConversation()
  const { t, dayTime, refusal: say } = useSay()

  async function undo(id: string, text: string): Promise<void> {
    const refused = await later.remove(id)
    if (refused) return tellRefused(say(refused))
    writing.text = writing.text.trim() === '' ? text : `${text}\n${writing.text}`
  }

  /** Undefined: done; otherwise what is wrong. */
  async function schedule(text: string, at: number): Promise<string | undefined> {
    const meant = readTyped(text)
    if ('name' in meant) return t('later.noCommand')
    const place = thread === undefined ? {} : { thread }
    const answer = await later.schedule({ ...writing.bodyOf(meant.say), ...place }, at)
    if (isRefusal(answer)) return say(answer)
    writing.text = ''
    writing.done()
    if (answer === null) return undefined
    tellUndoable(t('later.done', { when: dayTime(at) }), [{ undo: () => undo(answer.id, text) }])
    return undefined
  }

  return { schedule }
}
