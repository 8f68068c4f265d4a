// The saved messages of one room, for the bar and the sheet of its messages.
import type { SavedHere } from '../conversation/message/actions/actions.ts'
import { tellRefused } from '../ui/notify.ts'
import { useSay } from '../words/say.ts'
import { useSaved } from './saved.ts'

export function useSavedHere(room: string): SavedHere {
  const saved = useSaved()
  const { refusal: say } = useSay()
  return {
    has: (seq) => saved.isSaved(room, seq),
    toggle: async (seq) => {
      const refused = await saved.toggle(room, seq)
      if (refused) tellRefused(say(refused))
    },
  }
}
