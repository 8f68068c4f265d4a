// What the conversations of a room read from the server besides their timelines.
import { laterHere } from '../later/later-here.ts'
import { listCommands, revisions } from '../wire/api.ts'
import { reportMessage } from '../wire/reports-api.ts'
import { seenBy } from '../wire/seen-api.ts'
import { isRefusal } from '../wire/refusal.ts'
import type { ConversationApi } from './conversation.ts'

export const conversationApi = (room: string): ConversationApi => ({
  revisions: (seq) => revisions(room, seq),
  report: async (seq, body) => {
    const answer: unknown = await reportMessage(room, seq, body)
    return isRefusal(answer) ? answer : undefined
  },
  seenBy: (seq) => seenBy(room, seq),
  later: laterHere(room),
  listCommands: async () => {
    const answer = await listCommands()
    return isRefusal(answer) ? answer : answer.commands
  },
})
