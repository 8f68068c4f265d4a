// Asks the server for this person's votes in anonymous polls: what is asked for within some milliseconds is one request.
import type { OwnVotesAnswer } from '../../server/protocol/polls.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export type Choices = readonly number[]

/** As many polls as the server answers for in one request. */
const maxAsked = 50
/** Rows that are drawn together ask within a few frames. */
const gatherMs = 50

export interface AskDeps {
  ask: (seqs: number[]) => Promise<OwnVotesAnswer | Refusal>
  learned: (seq: number, choices: Choices) => void
}

/** Resolves once it is answered: with the reason if it was refused. */
type Outcome = Promise<Refusal | undefined>

interface Batch {
  seqs: Set<number>
  outcome: Outcome
}

export function gatherAsks({ ask, learned }: AskDeps) {
  /** Invariant: only the newest request about a poll may say what was chosen; `drop` ends all that are pending. */
  const newest = new Map<number, Batch>()
  let gathering: Batch | undefined

  function gather(): Batch {
    const batch: Batch = { seqs: new Set(), outcome: Promise.resolve(undefined) }
    batch.outcome = pause(gatherMs).then(() => {
      gathering = undefined
      return send(batch)
    })
    return batch
  }

  async function send(batch: Batch): Outcome {
    const refusals = await Promise.all(
      inParts([...batch.seqs]).map(async (part) => {
        const answer = await ask(part)
        for (const seq of part) {
          if (newest.get(seq) !== batch) continue
          newest.delete(seq)
          const choices = isRefusal(answer) ? undefined : answer.votes[String(seq)]
          if (choices !== undefined) learned(seq, choices)
        }
        return isRefusal(answer) ? answer : undefined
      }),
    )
    return refusals.find((one) => one !== undefined)
  }

  return {
    ask(seq: number): Outcome {
      gathering ??= gather()
      gathering.seqs.add(seq)
      newest.set(seq, gathering)
      return gathering.outcome
    },
    pending: (seq: number): Outcome | undefined => newest.get(seq)?.outcome,
    drop: (seq: number): void => void newest.delete(seq),
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))

const inParts = (seqs: readonly number[]): number[][] =>
  Array.from({ length: Math.ceil(seqs.length / maxAsked) }, (_, part) =>
    seqs.slice(part * maxAsked, (part + 1) * maxAsked),
  )
