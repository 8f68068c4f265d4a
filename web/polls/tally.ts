// The answers of a poll with their votes: how many, which share, and whose.
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { Vote } from '../../server/protocol/polls.ts'
import type { Choices } from './gathered-asks.ts'

export interface TalliedAnswer {
  option: string
  /** In the list of answers, from 0. */
  place: number
  votes: readonly Vote[]
  /** In percent of the people who have voted. */
  share: number
}

/**
 * The votes with what this person has just clicked. In an anonymous poll nobody can tell which vote is theirs, so it
 * does not count before the server has it.
 */
export function withClicked(
  { poll, votes = [] }: Pick<SpokenMessage, 'poll' | 'votes'>,
  user: { id: string; name: string },
  clicked: Choices | undefined,
): readonly Vote[] {
  if (poll?.anonymous === true || clicked === undefined) return votes
  const others = votes.filter(({ voter }) => voter !== user.id)
  return clicked.length === 0
    ? others
    : [...others, { voter: user.id, name: user.name, choices: [...clicked] }]
}

export const tally = (options: readonly string[], votes: readonly Vote[]): TalliedAnswer[] =>
  options.map((option, place) => {
    const chosen = votes.filter(({ choices }) => choices.includes(place))
    const share = votes.length === 0 ? 0 : Math.round((100 * chosen.length) / votes.length)
    return { option, place, votes: chosen, share }
  })
