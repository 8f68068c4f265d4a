// The root message of a thread, which comes with each page of the thread and is kept up to date by the room's events.
import { shallowRef } from 'vue'
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import { isSpoken, withChange } from '../../../server/protocol/timeline.ts'
import type { News } from '../../conversation/pages/window.ts'

export function useBeginning(root: number) {
  const message = shallowRef<SpokenMessage>()
  /** What has arrived since it was requested; undefined if no request is pending. */
  let meanwhile: News[] | undefined

  function withNews(before: SpokenMessage, { messages, changes }: News): SpokenMessage {
    const state = messages.find(({ seq }) => seq === root)
    const newer =
      state !== undefined && isSpoken(state) && state.updatedSeq > before.updatedSeq ? state : before
    return changes.reduce<SpokenMessage>(withChange, newer)
  }

  function hear(news: News): void {
    meanwhile?.push(news)
    if (message.value !== undefined) message.value = withNews(message.value, news)
  }

  /** Returns a function that takes the answer; undefined if it did not come. A later request voids this one. */
  function ask(): (answer: SpokenMessage | undefined) => void {
    const heard: News[] = []
    meanwhile = heard
    return (answer) => {
      if (meanwhile !== heard) return
      meanwhile = undefined
      if (answer !== undefined) message.value = heard.reduce(withNews, answer)
    }
  }

  return { message, hear, ask }
}
