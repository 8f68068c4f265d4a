// The pages of one thread. Its room is open beside it, so the feed reports all its events.
import type { Message } from '../../../server/protocol/http.ts'
import { isSpoken } from '../../../server/protocol/timeline.ts'
import type { PageSource } from '../../conversation/pages/source.ts'
import { threadHere } from '../../offline/thread-page.ts'
import { threadPage, type PlaceInRoom } from '../../wire/api.ts'
import { isRefusal } from '../../wire/refusal.ts'
import type { useBeginning } from './beginning.ts'

const nothing = (): void => undefined

export const isReplyOf = (root: number) => (message: Message) => isSpoken(message) && message.thread === root

/** The newest page brings the root message. */
export function threadSource(
  room: string,
  root: number,
  beginning: ReturnType<typeof useBeginning>,
): PageSource {
  async function read({ before, after }: PlaceInRoom) {
    if (before !== undefined) return threadPage(room, root, { before })
    if (after !== undefined) return threadPage(room, root, { after })
    const take = beginning.ask()
    const asked = await threadPage(room, root)
    const isAway = isRefusal(asked) && asked.code === 'unreachable'
    const answer = (isAway ? await threadHere(room, root) : undefined) ?? asked
    take(isRefusal(answer) ? undefined : answer.root)
    return answer
  }
  return { read, isHere: isReplyOf(root), begin: nothing, keep: nothing, release: nothing }
}
