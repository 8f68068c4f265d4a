// How each cause looks in the inbox, and where an entry leads.
import {
  AtSign,
  BellRing,
  ChartColumn,
  Clock,
  Flag,
  Mail,
  MessagesSquare,
  Quote,
  UsersRound,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { InboxEntry } from '../../server/protocol/inbox.ts'
import type { NotifyCause } from '../../server/protocol/notify-causes.ts'
import type { Word } from '../words/words.ts'

interface Look {
  icon: Component
  words: Word
}

const looks: Record<NotifyCause, Look> = {
  reminder: { icon: Clock, words: 'inbox.cause.reminder' },
  mention: { icon: AtSign, words: 'inbox.cause.mention' },
  group: { icon: UsersRound, words: 'inbox.cause.group' },
  direct: { icon: Mail, words: 'inbox.cause.direct' },
  keyword: { icon: Quote, words: 'inbox.cause.keyword' },
  thread: { icon: MessagesSquare, words: 'inbox.cause.thread' },
  all: { icon: BellRing, words: 'inbox.cause.all' },
  poll: { icon: ChartColumn, words: 'inbox.cause.poll' },
  report: { icon: Flag, words: 'inbox.cause.report' },
}

export const lookOfCause = (cause: NotifyCause): Look => looks[cause]

/** The oldest of those that stand together: one reads on from there. */
export const addressIn = ({ room, first, thread, readBy }: InboxEntry): string =>
  readBy === 'thread' && thread !== undefined
    ? `/rooms/${room}/thread/${thread}/${first}`
    : `/rooms/${room}/${first}`
