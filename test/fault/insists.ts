// Asking again, as a person does whose server says "try later".
import { until } from '../support/until.ts'

/** The outcome of `work` once it does not throw, nor answers false. */
export async function insists<T>(work: () => Promise<T>, withinMs = 60_000): Promise<T> {
  const { done } = await until(
    () =>
      work().then(
        (value) => ({ done: value === false ? [] : [value], why: 'undecided' }),
        (error: Error) => ({ done: [], why: error.message }),
      ),
    (outcome) => outcome.done.length > 0,
    withinMs,
  )
  return done[0] as T
}

/** Somebody new, under a name of this attempt: the answer that took the one before may be lost. */
export function arrivesAtLast<T>(name: string, arrives: (name: string) => Promise<T>): Promise<T> {
  let tries = 0
  return insists(() => arrives(++tries === 1 ? name : `${name} ${tries}`))
}

/** An answer that is not "try later": done, or there is nothing left to do. */
export const isDecided = ({ status }: { status: number }): boolean => status < 500 && status !== 429
