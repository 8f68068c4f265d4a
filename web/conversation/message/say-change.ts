// Says an own change aloud as soon as it is made: what it does is seen elsewhere than where the focus is. If it is
// refused, the shell says so.
import { announce } from '../../ui/announce.ts'
import type { OwnChange } from '../../wire/outgoing.ts'
import { t } from '../../words/words.ts'

export function sayChange(change: OwnChange): void {
  switch (change.type) {
    case 'react':
      return announce(t(change.on ? 'aloud.react' : 'aloud.unreact', { emoji: change.emoji }))
    case 'pin':
      return announce(t(change.on ? 'aloud.pin' : 'aloud.unpin'))
    case 'edit':
      return announce(t('aloud.edit'))
    case 'delete':
      return announce(t('aloud.delete'))
  }
}
