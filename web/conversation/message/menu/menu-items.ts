// All that can be done with a message, in the order of the menu. One list: the menu of the bar, of a right-click and of
// the keyboard draws it, and so does the sheet of a long press.
import {
  Bookmark,
  Copy,
  History,
  Link2,
  MailOpen,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  SmilePlus,
  Trash2,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { Word } from '../../../words/words.ts'
import type { MessageLine } from '../../lines/line.ts'
import type { MessageActions } from '../actions.ts'
import type { Anchor } from '../anchor.ts'

export interface MenuItem {
  words: Word
  icon: Component
  act: () => unknown
  /** Does the same while the message has the focus. */
  key?: string
  isBad?: boolean
}

/** Groups of items, without empty ones. `at`: where something that it opens stands. */
export function menuItems(line: MessageLine, actions: MessageActions, at: Anchor | undefined): MenuItem[][] {
  const item = (may: boolean, words: Word, icon: Component, act: () => unknown, key?: string): MenuItem[] =>
    may ? [{ words, icon, act, ...(key === undefined ? {} : { key }) }] : []
  const isNumbered = line.seq !== undefined
  const isPinned = line.pinnedBy !== undefined
  const isSaved = actions.isSaved(line)
  return [
    [
      ...item(actions.mayReact(line), 'room.react', SmilePlus, () => actions.pick(line, at), '+'),
      ...item(actions.mayReply(line), 'room.reply', Reply, () => actions.reply(line), 'R'),
      ...item(actions.mayThread(line), 'thread.reply', MessagesSquare, () => actions.openThread(line), 'T'),
      ...item(actions.mayEdit(line), 'room.edit', Pencil, () => actions.edit(line), 'E'),
    ],
    [
      ...item(true, 'room.copy', Copy, () => actions.copy(line)),
      ...item(isNumbered, 'moment.link', Link2, () => actions.copyLink(line)),
      ...item(
        actions.maySave(line),
        isSaved ? 'saved.forget' : 'saved.save',
        Bookmark,
        () => actions.save(line),
        'S',
      ),
      ...item(actions.mayMarkUnread(line), 'room.markUnread', MailOpen, () => actions.markUnread(line), 'U'),
      ...item(
        actions.mayPin(line),
        isPinned ? 'pins.unpin' : 'pins.pin',
        isPinned ? PinOff : Pin,
        () => actions.pin(line),
        'P',
      ),
      ...item(actions.mayReadHistory(line), 'revisions.title', History, () => actions.history(line)),
    ],
    item(actions.mayDelete(line), 'room.delete', Trash2, () => actions.remove(line), 'Delete').map((one) => ({
      ...one,
      isBad: true,
    })),
  ].filter((group) => group.length > 0)
}
