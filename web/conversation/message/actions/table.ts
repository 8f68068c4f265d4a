// All actions on a message, in the order of the menu. A new action is one entry here: the bar, the menu, its sheet on a
// touch screen, the keys and the help on keys are derived from it.
import {
  AlarmClock,
  Bookmark,
  Copy,
  Download,
  Ellipsis,
  Flag,
  Forward,
  History,
  Image,
  Link2,
  MailOpen,
  MessagesSquare,
  PanelTopClose,
  Pencil,
  Pin,
  PinOff,
  Reply,
  SmilePlus,
  Trash2,
} from '@lucide/vue'
import type { Component } from 'vue'
import { copyPicture, mayCopyPicture, saveFiles } from '../../../files/keep.ts'
import { removeCards } from '../../../link-cards/remove-cards.ts'
import { cardedLinks } from '../../../link-cards/shown-cards.ts'
import type { Word } from '../../../words/words.ts'
import type { Conversation } from '../../conversation.ts'
import type { MessageLine } from '../../lines/line.ts'
import type { Anchor } from '../anchor.ts'

export interface MessageAction {
  id: string
  label: Word
  icon: Component
  /** Does it while the message has the focus. */
  key?: string
  /** In the bar too, which has at most five. */
  inBar?: true
  isBad?: true
  /** What opens at the button. */
  opens?: 'emoji' | 'menu'
  isOffered: (line: MessageLine, conversation: Conversation) => boolean
  /** It is done already, and doing it again takes it back. */
  isDone?: (line: MessageLine, conversation: Conversation) => boolean
  /** What the menu says instead when it is done. */
  undo?: { label: Word; icon: Component }
  /** `at`: where something that it opens stands, if not where the last one stood. */
  act: (line: MessageLine, conversation: Conversation, at?: Anchor) => unknown
}

const toSpeak: MessageAction[] = [
  {
    id: 'react',
    label: 'room.react',
    icon: SmilePlus,
    key: '+',
    inBar: true,
    opens: 'emoji',
    isOffered: (line, { actions }) => actions.mayReact(line),
    act: (line, { dialogs }, at) => dialogs.show('emoji', line, at),
  },
  {
    id: 'reply',
    label: 'room.reply',
    icon: Reply,
    key: 'R',
    inBar: true,
    isOffered: (line, { actions }) => actions.mayReply(line),
    act: (line, { writing }) => writing.answer(line),
  },
  {
    id: 'thread',
    label: 'thread.reply',
    icon: MessagesSquare,
    key: 'T',
    inBar: true,
    isOffered: (line, { actions }) => actions.mayThread(line),
    act: (line, { actions }) => actions.openThread(line),
  },
  {
    id: 'edit',
    label: 'room.edit',
    icon: Pencil,
    key: 'E',
    isOffered: (line, { actions }) => actions.mayEdit(line),
    act: (line, { writing }) => writing.edit(line),
  },
]

const toKeep: MessageAction[] = [
  {
    id: 'copy',
    label: 'room.copy',
    icon: Copy,
    isOffered: ({ text }) => text !== '',
    act: (line, { actions }) => actions.copy(line),
  },
  {
    id: 'copyPicture',
    label: 'showing.copyPicture',
    icon: Image,
    isOffered: ({ files }) => mayCopyPicture(files),
    act: ({ files }) => files?.[0] && copyPicture(files[0]),
  },
  {
    id: 'download',
    label: 'showing.save',
    icon: Download,
    isOffered: ({ files, seq }) => files !== undefined && seq !== undefined,
    act: ({ files = [] }) => saveFiles(files),
  },
  {
    id: 'copyLink',
    label: 'moment.link',
    icon: Link2,
    isOffered: ({ seq }) => seq !== undefined,
    act: (line, { actions }) => actions.copyLink(line),
  },
  {
    id: 'forward',
    label: 'forward.action',
    icon: Forward,
    key: 'F',
    isOffered: (line, { actions }) => actions.maySave(line),
    act: (line, { dialogs }) => dialogs.show('forward', line),
  },
  {
    id: 'save',
    label: 'saved.save',
    icon: Bookmark,
    key: 'S',
    inBar: true,
    isOffered: (line, { actions }) => actions.maySave(line),
    isDone: (line, { actions }) => actions.isSaved(line),
    undo: { label: 'saved.forget', icon: Bookmark },
    act: (line, { actions }) => actions.save(line),
  },
  {
    id: 'remind',
    label: 'later.remind',
    icon: AlarmClock,
    isOffered: (line, { actions }) => actions.maySave(line),
    act: (line, { dialogs }) => dialogs.show('remind', line),
  },
  {
    id: 'markUnread',
    label: 'room.markUnread',
    icon: MailOpen,
    key: 'U',
    isOffered: (line, { actions }) => actions.mayMarkUnread(line),
    act: (line, { actions }) => actions.markUnread(line),
  },
  {
    id: 'pin',
    label: 'pins.pin',
    icon: Pin,
    key: 'P',
    isOffered: (line, { actions }) => actions.mayPin(line),
    isDone: ({ pinnedBy }) => pinnedBy !== undefined,
    undo: { label: 'pins.unpin', icon: PinOff },
    act: ({ seq, pinnedBy }, { timeline }) =>
      seq !== undefined && timeline.change({ type: 'pin', seq, on: pinnedBy === undefined }),
  },
  {
    id: 'history',
    label: 'revisions.title',
    icon: History,
    isOffered: (line, { actions }) => actions.mayReadHistory(line),
    act: (line, { dialogs }) => dialogs.show('history', line),
  },
]

const toRemove: MessageAction[] = [
  {
    id: 'removeCards',
    label: 'cards.removeAll',
    icon: PanelTopClose,
    isOffered: (line, { actions }) =>
      actions.mayRemoveCards(line) && cardedLinks(line, location.origin).length > 0,
    act: (line, { timeline }) => removeCards(timeline.room?.id, line, cardedLinks(line, location.origin)),
  },
  {
    id: 'report',
    label: 'reports.report',
    icon: Flag,
    isOffered: (line, { actions }) => actions.mayReport(line),
    act: (line, { dialogs }) => dialogs.show('report', line),
  },
  {
    id: 'delete',
    label: 'room.delete',
    icon: Trash2,
    key: 'Delete',
    isBad: true,
    isOffered: (line, { actions }) => actions.mayDelete(line),
    act: (line, { dialogs }) => dialogs.show('delete', line),
  },
]

const groups = [toSpeak, toKeep, toRemove]
export const messageActions: readonly MessageAction[] = groups.flat()

/** The last of the bar. */
const more: MessageAction = {
  id: 'more',
  label: 'room.moreActions',
  icon: Ellipsis,
  opens: 'menu',
  isOffered: () => true,
  act: (line, { dialogs }, at) => dialogs.show('menu', line, at),
}

/** What the bar of a message offers. */
export const barOf = (line: MessageLine, conversation: Conversation): MessageAction[] =>
  [...messageActions.filter(({ inBar }) => inBar), more].filter((one) => one.isOffered(line, conversation))

/** What the menu of a message offers, in groups, without empty ones. */
export const menuOf = (line: MessageLine, conversation: Conversation): MessageAction[][] =>
  groups
    .map((group) =>
      group
        .filter((one) => one.isOffered(line, conversation))
        .map((one) => (one.undo && one.isDone?.(line, conversation) ? { ...one, ...one.undo } : one)),
    )
    .filter((group) => group.length > 0)

/** What a key does while the message has the focus. */
export const ofKey = (
  key: string,
  line: MessageLine,
  conversation: Conversation,
): MessageAction | undefined =>
  messageActions.find(
    (one) => one.key?.toLowerCase() === key.toLowerCase() && one.isOffered(line, conversation),
  )
