// What a torture found, as lines.
import type { Verdict } from './checker.ts'
import type { Histories } from './histories.ts'
import type { Ledger } from './ledger.ts'
import type { ToldCounts } from './sleepers.ts'

export interface Found {
  seed: number
  /** Ms since 1970. */
  began: number
  verdict: Verdict
  histories: Histories
  tellings: ToldCounts
  /** The age of what was not archived, in ms, as it was seen five times a second. */
  lags: readonly number[]
  calmMs: number
  connections: number
  faults: ReadonlyMap<string, number>
}

export function ledgerOf(found: Found): Ledger {
  const { seed, began, verdict, histories, tellings, calmMs, connections, faults } = found
  const { violations, unknown, refused } = verdict
  const of = (kind: string): number => violations.filter((violation) => violation.kind === kind).length
  const lags = [...found.lags].sort((a, b) => a - b)
  const quantile = (part: number): number => lags[Math.floor(part * (lags.length - 1))] ?? 0
  const { counts, heals } = histories
  const promised = [...histories.said.values()].filter((said) => said.promised === true)
  return [
    ['seed', seed],
    ['minutes', ((Date.now() - began) / 60_000).toFixed(1)],
    ['sent', histories.said.size],
    ['changes made', histories.made.size],
    ['acknowledged', counts.acknowledged],
    ['unknown', unknown],
    ['refused for good', refused],
    ['refused for now', [...counts.refusedForNow].map(([code, n]) => `${code} ${n}`).join(', ') || 0],
    ['scheduled', promised.length],
    ['told of a mention', `${tellings.told}, with a name that named nobody ${tellings.unnamed}`],
    ['pushes', `${tellings.pushes}, sent again and shown once ${tellings.pushedAgain}`],
    ['heard', counts.heard],
    ['lost', of('lost')],
    ['doubled', of('doubled')],
    ['out of order', of('disordered')],
    ['differing', of('differing')],
    ['silent holes', of('silent hole')],
    ['not dense', of('not dense')],
    ['refused but there', of('refused but there')],
    ['other violations', of('invented') + of('not back') + of('crashed')],
    ['holes healed', heals.count],
    ['worst heal', `${heals.worstMs} ms`],
    ['rooms begun again', counts.restarts],
    ['connections', connections],
    ['sync lag', `median ${quantile(0.5)} ms, 99 % ${quantile(0.99)} ms, most ${lags.at(-1) ?? 0} ms`],
    ['calm again after', `${(calmMs / 1_000).toFixed(1)} s`],
    ['faults', [...faults.values()].reduce((sum, count) => sum + count, 0)],
  ]
}

/** Each fault with how often it was injected, and the first violations. */
export function linesBelow({ violations }: Verdict, faults: ReadonlyMap<string, number>): string[] {
  return [
    ...[...faults].sort((a, b) => b[1] - a[1]).map(([name, count]) => `  ${name.padEnd(38)} ${count}`),
    ...violations.slice(0, 20).map((violation) => `VIOLATION ${JSON.stringify(violation)}`),
  ]
}
