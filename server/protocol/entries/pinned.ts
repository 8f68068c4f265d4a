// `user` has pinned the message to its room, or unpinned it.
import { changeOf, type Change, type ChangeKind } from './kind.ts'

export interface PinnedEvent extends Change {
  type: 'pinned'
  on: boolean
}

export const pinned: ChangeKind<PinnedEvent> = {
  makes: 'change',
  words: 'kept',
  parse(common, body) {
    const change = changeOf('pinned', common, body)
    const { on } = body
    if (typeof change === 'string') return change
    return typeof on === 'boolean' ? Object.assign(change, { on }) : 'a bad pin'
  },
  fold(message, { at, user: { id, name }, on }) {
    const { pinnedAt: _since, pinnedBy: _by, ...rest } = message
    return on ? { ...rest, pinnedAt: at, pinnedBy: { id, name } } : rest
  },
}
