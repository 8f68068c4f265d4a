// The kinds of entries, by their names in the log and on the wire: the only list of them. A new kind is a line here,
// a line in history/entries/index.ts, and a file beside each.
import { carded, uncarded } from './carded.ts'
import { deleted } from './deleted.ts'
import { edited } from './edited.ts'
import { erased } from './erased.ts'
import { message } from './message.ts'
import { notice } from './notice.ts'
import { pinned } from './pinned.ts'
import { poll, pollClosed, voted } from './poll.ts'
import { reacted } from './reacted.ts'

export const kinds = {
  message,
  poll,
  notice,
  edited,
  deleted,
  erased,
  reacted,
  pinned,
  voted,
  poll_closed: pollClosed,
  carded,
  uncarded,
}
