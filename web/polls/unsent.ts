// Says why a vote was refused: if it is not about the poll, it also says that the vote was not sent.
import type { Refusal, RefusalCode } from '../wire/refusal.ts'
import { sayRefusal } from '../words/refused.ts'
import { t } from '../words/words.ts'

const aboutPoll: ReadonlySet<RefusalCode> = new Set([
  'poll_closed',
  'bad_vote',
  'not_a_poll',
  'too_many_votes',
  'message_deleted',
  'no_such_message',
])

export function sayUnsent(refusal: Refusal): string {
  const why = sayRefusal(refusal)
  return aboutPoll.has(refusal.code) ? why : t('polls.unsent', { why })
}
