// Says an own change aloud once the log has it: what it does is seen elsewhere than where the focus is. If it is refused,
// the shell says so.
import { onScopeDispose } from 'vue'
import type { ChangeEvent } from '../../../server/protocol/events.ts'
import { announce } from '../../ui/announce.ts'
import { useLink } from '../../wire/link.ts'
import { t } from '../../words/words.ts'

export function useSaidChanges(): void {
  const { feed } = useLink()
  onScopeDispose(feed.listen((event) => event.type === 'changed' && say(event.change)))
}

function say(change: ChangeEvent): void {
  switch (change.type) {
    case 'reacted':
      return announce(t(change.on ? 'aloud.react' : 'aloud.unreact', { emoji: change.emoji }))
    case 'pinned':
      return announce(t(change.on ? 'aloud.pin' : 'aloud.unpin'))
    case 'edited':
      return announce(t('aloud.edit'))
    case 'deleted':
      return announce(t('room.deleted'))
    default:
      return undefined
  }
}
