// Timelines and conversations made by hand, for the gallery: they show what they are given and do nothing.
import { ref } from 'vue'
import { circleOf } from '../../web/conversation/composer/completion/circle.ts'
import type { Conversation } from '../../web/conversation/conversation.ts'
import type { LinkView } from '../../web/conversation/link-view.ts'
import { makeConversation, type ConversationDeps } from '../../web/conversation/make-conversation.ts'
import type { Timeline } from '../../web/conversation/timeline.ts'
import { ann, garden, members } from './people.ts'
import { sampleRows } from './talk.ts'

const nothing = () => undefined

export const fakeTimeline = (more: Partial<Timeline> = {}): Timeline => ({
  status: 'ready',
  room: garden,
  rows: sampleRows,
  hasBefore: true,
  hasAfter: false,
  loadingBefore: false,
  beforeFailed: undefined,
  newest: 48131,
  isArchived: (seq) => seq < 48130,
  unseen: 0,
  skipped: 0,
  typing: [],
  loadBefore: nothing,
  loadAfter: nothing,
  toNewest: nothing,
  retry: nothing,
  seenTo: nothing,
  toUnread: async () => undefined,
  markRead: nothing,
  standsAt: nothing,
  quoted: nothing,
  lookUp: nothing,
  lastOwn: nothing,
  send: nothing,
  change: nothing,
  tellTyping: nothing,
  ask: () => true,
  dismiss: nothing,
  ...more,
})

export const fakeLink = (more: Partial<LinkView> = {}): LinkView => ({
  state: 'live',
  waiting: 0,
  kept: true,
  retryNow: nothing,
  resend: nothing,
  remove: nothing,
  ...more,
})

/** `draft` is the text in the composer. */
export function fakeConversation(
  timeline: Timeline,
  { draft = '', ...more }: Partial<Omit<ConversationDeps, 'draft'>> & { draft?: string } = {},
): Conversation {
  const user = more.user ?? (() => ann)
  const circle = () =>
    circleOf(
      {
        room: timeline.room,
        rows: timeline.rows,
        members,
        membersStatus: 'ready',
        memberTotal: members.length,
      },
      user(),
    )
  return makeConversation({
    timeline,
    user,
    link: fakeLink(),
    draft: ref(draft),
    answered: ref(),
    keptEdit: ref(),
    circle,
    goTo: nothing,
    saved: { has: (seq) => seq % 5 === 0, toggle: nothing },
    revisions: () => new Promise<never>(() => undefined),
    report: () => Promise.resolve(undefined),
    listCommands: () => Promise.resolve([]),
    seenBy: async () => ({ seen: null }),
    later: {
      waiting: () => [],
      schedule: async () => null,
      remove: async () => undefined,
      remind: async () => undefined,
    },
    ...more,
  })
}
