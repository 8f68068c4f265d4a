// Schedules what is being written in a conversation, with its files; the draft is empty afterwards, and an undo brings it back.
import { draftPlace } from '../conversation/composer/draft.ts'
import { readTyped } from '../conversation/composer/slash.ts'
import { useConversation } from '../conversation/conversation.ts'
import type { Scheduled } from '../../server/protocol/scheduled.ts'
import { readAgain, takeAgain } from '../files/taking/again.ts'
import { tellRefused, tellUndoable } from '../ui/notify.ts'
import { isRefusal } from '../wire/refusal.ts'
import { useSay } from '../words/say.ts'

export function useScheduling() {
  const { writing, thread, later } = useConversation()
  const { t, dayTime, refusal: say } = useSay()

  async function undo({ id, room, files = [] }: Scheduled, text: string): Promise<void> {
    // First: once it is deleted, nobody keeps them for long.
    const read = await readAgain(files)
    if (read === undefined) return tellRefused(t('attach.unread'))
    const refused = await later.remove(id)
    if (refused) return tellRefused(say(refused))
    writing.text = [text, writing.text].filter((one) => one.trim() !== '').join('\n')
    await takeAgain(draftPlace(room, thread), read).catch(() => tellRefused(t('attach.noCode')))
  }

  /** Undefined: done; otherwise what is wrong. */
  async function schedule(text: string, at: number): Promise<string | undefined> {
    const meant = readTyped(text)
    if ('name' in meant) return t('later.noCommand')
    const { attachments } = writing
    const uploaded = attachments.uploaded()
    if (uploaded === undefined) return t('attach.notYet')
    const more = {
      ...(thread === undefined ? {} : { thread }),
      ...(uploaded.length === 0 ? {} : { files: uploaded.map(({ ref }) => ref) }),
    }
    const answer = await later.schedule({ ...writing.bodyOf(meant.say), ...more }, at)
    if (isRefusal(answer)) return say(answer)
    attachments.forget(uploaded.map(({ key }) => key))
    writing.text = ''
    writing.done()
    if (answer === null) return undefined
    tellUndoable(t('later.done', { when: dayTime(at) }), [{ undo: () => undo(answer, text) }])
    return undefined
  }

  return { schedule }
}
