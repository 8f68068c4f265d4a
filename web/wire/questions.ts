// Pending requests about a list that events change: an answer is put in its place, and then the events since its
// request are applied.
import { isRefusal, type Refusal } from './refusal.ts'

export type Questions<Event = never> = ReturnType<typeof questionsOf<Event>>

export function questionsOf<Event>(apply: (event: Event) => void) {
  /** Counts the loads: an answer to an older one is ignored. */
  let generation = 0
  /** For each pending request, the events since it was sent. */
  const questions = new Set<Event[]>()

  /**
   * Requests a part of the list and puts it in its place, then applies the events that arrived meanwhile. Returns the
   * refusal; `late` if a newer load has replaced it, and `here` if it is shown.
   */
  async function fetch<Part>(
    askPart: () => Promise<Part | Refusal>,
    put: (part: Part) => void,
  ): Promise<Refusal | 'here' | 'late'> {
    const asked = generation
    const heard: Event[] = []
    questions.add(heard)
    const answer = await askPart()
    questions.delete(heard)
    if (asked !== generation) return 'late'
    if (isRefusal(answer)) return answer
    put(answer)
    heard.forEach(apply)
    return 'here'
  }

  /** Pending answers need this event too. */
  function hear(event: Event): void {
    for (const heard of questions) heard.push(event)
  }

  /** Ignores the answers that are still to come. */
  function drop(): void {
    generation += 1
    questions.clear()
  }

  return { fetch, hear, drop }
}
