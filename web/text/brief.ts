// What a message says, without its marks, where it is not shown as itself: in quotes, lists and announcements.
import { wordsOf } from '../../server/protocol/entries/index.ts'
import { questionOf } from '../../server/protocol/entries/poll.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { wordsOfFiles } from '../files/words-of-files.ts'
import { plainOf } from './plain.ts'

/** To be cut after a line or two: of a poll only the question. */
export const inBrief = (message: Pick<SpokenMessage, 'text' | 'poll' | 'forwarded' | 'files'>): string =>
  message.poll === undefined ? plainOrForward(message) : `📊 ${questionOf(message)}`

/** All that it says: of a poll also the answers, with their votes. */
export const inFull = (message: SpokenMessage): string =>
  message.poll === undefined ? plainOrForward(message) : `📊 ${wordsOf(message)}`

function plainOrForward({
  text,
  forwarded,
  files = [],
}: Pick<SpokenMessage, 'text' | 'forwarded' | 'files'>): string {
  const said = text === '' && forwarded !== undefined ? '↪️' : plainOf(text)
  return [said, wordsOfFiles(files)].filter((words) => words !== '').join(' · ')
}
