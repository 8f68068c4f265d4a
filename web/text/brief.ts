// What a message says, without its marks, where it is not shown as itself: in quotes, lists and announcements.
import { wordsOf } from '../../server/protocol/entries/index.ts'
import { questionOf } from '../../server/protocol/entries/poll.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { plainOf } from './plain.ts'

/** To be cut after a line or two: of a poll only the question. */
export const inBrief = (message: Pick<SpokenMessage, 'text' | 'poll' | 'forwarded'>): string =>
  message.poll === undefined ? plainOrForward(message) : `📊 ${questionOf(message)}`

/** All that it says: of a poll also the answers, with their votes. */
export const inFull = (message: SpokenMessage): string =>
  message.poll === undefined ? plainOrForward(message) : `📊 ${wordsOf(message)}`

function plainOrForward({ text, forwarded }: Pick<SpokenMessage, 'text' | 'forwarded'>): string {
  return text === '' && forwarded !== undefined ? '↪️' : plainOf(text)
}
