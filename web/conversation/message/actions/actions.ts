// What can be done with the messages of a conversation, and what of it is allowed. Where it is offered is in table.ts.
import { useClipboard } from '@vueuse/core'
import type { User } from '../../../../server/protocol/people.ts'
import { announce } from '../../../ui/announce.ts'
import { tellDone } from '../../../ui/notify.ts'
import { t } from '../../../words/words.ts'
import type { Writing } from '../../composer/use-writing.ts'
import type { MessageLine } from '../../lines/line.ts'
import type { LinkView } from '../../link-view.ts'
import type { Timeline } from '../../timeline.ts'
import { useUsedEmoji } from '../emoji/used-emoji.ts'
import type { MessagePermissions } from './permissions.ts'

/** The person's saved messages in this room. */
export interface SavedHere {
  has: (seq: number) => boolean
  toggle: (seq: number) => void
}

/** The threads of this room. */
export interface ThreadsHere {
  open: (root: number, reply?: number) => void
  isFresh: (root: number) => boolean
}

export interface MessageActions extends MessagePermissions {
  /** Adds the person's reaction, or removes it. */
  react: (line: MessageLine, emoji: string) => void
  copy: (line: MessageLine) => void
  copyLink: (line: MessageLine) => void
  isSaved: (line: MessageLine) => boolean
  /** Saves it for later, or removes it from the saved messages. */
  save: (line: MessageLine) => void
  /** Deletes it without asking. */
  deleteNow: (line: MessageLine) => void
  mayMarkUnread: (line: MessageLine) => boolean
  /** Marks it and everything after it as unread. */
  markUnread: (line: MessageLine) => void

  mayThread: (line: MessageLine) => boolean
  /** Opens the thread that begins with it, or that it belongs to. */
  openThread: (line: MessageLine) => void
  /** A followed thread has unread replies, by the number of its root. */
  isFresh: (thread: number) => boolean
  /** Shows message `seq`. */
  goTo: (seq: number) => void

  /** Sends a refused item again as it is, discards it, or returns it for changes; by its cid. */
  resend: (cid: string) => void
  discard: (cid: string) => void
  editFailed: (cid: string) => void
}

export interface ActionDeps {
  timeline: Timeline
  user: () => User
  permissions: MessagePermissions
  writing: Writing
  link: LinkView
  goTo: (seq: number) => void
  saved: SavedHere
  /** None: a thread has no such mark. */
  markUnread?: ((seq: number) => void) | undefined
  /** None: this is a thread itself. */
  threads?: ThreadsHere | undefined
}

export function useActions(deps: ActionDeps): MessageActions {
  const { timeline, user, permissions, writing, link, saved, threads } = deps
  const used = useUsedEmoji(user().id)
  return {
    ...permissions,
    ...useCopying(timeline),
    react: (line, emoji) => {
      if (line.seq === undefined) return
      const kind = line.reactions.find((one) => one.emoji === emoji)
      const on = kind?.users.some(({ id }) => id === user().id) !== true
      if (on) used.use(emoji)
      timeline.change({ type: 'react', seq: line.seq, emoji, on })
    },
    isSaved: ({ seq }) => seq !== undefined && saved.has(seq),
    save: ({ seq }) => {
      if (seq === undefined) return
      announce(t(saved.has(seq) ? 'aloud.forget' : 'aloud.save'))
      saved.toggle(seq)
    },
    deleteNow: ({ seq }) => {
      if (seq !== undefined) timeline.change({ type: 'delete', seq })
      if (writing.editing?.seq === seq) writing.endEdit()
    },
    mayMarkUnread: (line) => deps.markUnread !== undefined && permissions.mayReact(line),
    markUnread: (line) => {
      if (line.seq === undefined || !permissions.mayReact(line) || deps.markUnread === undefined) return
      deps.markUnread(line.seq)
      announce(t('aloud.unread'))
    },
    mayThread: ({ seq, deletedAt }) => threads !== undefined && seq !== undefined && deletedAt === null,
    openThread: ({ seq, thread }) => {
      if (thread !== undefined) threads?.open(thread, seq)
      else if (seq !== undefined) threads?.open(seq)
    },
    isFresh: (thread) => threads?.isFresh(thread) === true,
    goTo: deps.goTo,
    resend: link.resend,
    discard: (cid) => writing.attachments.discard(link.remove(cid)),
    editFailed: (cid) => writing.takeBack(link.remove(cid)),
  }
}

/** Copies the text of a message, or its address. */
function useCopying(timeline: Timeline): Pick<MessageActions, 'copy' | 'copyLink'> {
  const { copy } = useClipboard({ legacy: true })
  return {
    copy: async ({ text }) => {
      await copy(text)
      tellDone(t('room.copied'))
    },
    copyLink: async ({ seq }) => {
      await copy(`${location.origin}/rooms/${timeline.room?.id}/${seq}`)
      tellDone(t('moment.linkCopied'))
    },
  }
}
