// The results of a case: medians and their spread, ours beside the peer's, and where the time went according to a profile.
import { readFileSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import type { Case, Round } from './cases/case.ts'

export interface Summary {
  figure: string
  unit: string
  /** By contender; undefined if it has no such figure. */
  medians: Record<string, number | undefined>
  /** The range from the lowest to the highest round, as a share of the median. */
  spreads: Record<string, number | undefined>
  /** Of the first contender to each other one; above 1 is in our favour. */
  ratios: Record<string, number | undefined>
  digits: number
  target: { value: number; isReached: boolean } | undefined
  /** Target ratios, by peer. */
  against: { peer: string; ratio: number; isReached: boolean }[]
  isTold: boolean
}

export function summarise({ contenders, shown }: Case, rounds: Record<string, readonly Round[]>): Summary[] {
  return shown.map(({ figure, unit, better, target, digits = 0, against = {}, isTold = false }) => {
    const all = contenders.map((contender) => {
      const values = (rounds[contender] ?? []).flatMap(({ figures }) => figures[figure] ?? [])
      return [contender, values.sort((a, b) => a - b)] as const
    })
    const medians = Object.fromEntries(all.map(([contender, values]) => [contender, median(values)]))
    const spreads = Object.fromEntries(all.map(([contender, values]) => [contender, spread(values)]))
    const [first = '', ...others] = contenders
    const ours = medians[first]
    const ratioTo = (theirs: number | undefined): number | undefined => {
      if (better === 'none' || ours === undefined || theirs === undefined || ours <= 0 || theirs <= 0)
        return undefined
      return better === 'more' ? ours / theirs : theirs / ours
    }
    const ratios = Object.fromEntries(others.map((other) => [other, ratioTo(medians[other])]))
    const isReached =
      ours !== undefined && (better === 'more' ? ours >= Number(target) : ours <= Number(target))
    return {
      figure,
      unit,
      digits,
      medians,
      spreads,
      ratios,
      isTold,
      target: target === undefined ? undefined : { value: target, isReached },
      against: Object.entries(against).flatMap(([peer, ratio]) => {
        const got = ratios[peer]
        return got === undefined ? [] : [{ peer, ratio, isReached: got >= ratio }]
      }),
    }
  })
}

function median(sorted: readonly number[]): number | undefined {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function spread(sorted: readonly number[]): number | undefined {
  const middle = median(sorted)
  const [lowest, highest] = [sorted[0], sorted.at(-1)]
  if (middle === undefined || lowest === undefined || highest === undefined || middle === 0) return undefined
  return (highest - lowest) / middle
}

/** A number for people: with thousands separators and a sensible number of digits. */
const shownNumber = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** One line per round: every figure, and the errors. */
export function printRound({ shown }: Case, name: string, { figures, wrong }: Round): void {
  const digits = new Map(shown.map(({ figure, digits: own }) => [figure, own]))
  const words = Object.entries(figures).map(([figure, value]) => {
    const own = digits.get(figure) ?? (Number.isInteger(value) ? 0 : 2)
    return `${figure} ${shownNumber(value, own)}`
  })
  console.log(`  round ${name}: ${words.join(' · ')}`)
  console.log(wrong.length === 0 ? '    complete and in order' : `    WRONG: ${wrong.join(', ')}`)
}

export function printSummary({ contenders }: Case, summaries: readonly Summary[]): void {
  const header = ['', ...contenders.flatMap((contender) => [contender, 'spread']), 'target', 'ratio']
  const rows = summaries.map(({ figure, unit, digits, medians, spreads, ratios, target }) => {
    const cells = contenders.flatMap((contender) => {
      const [value, around] = [medians[contender], spreads[contender]]
      return value === undefined
        ? ['-', '']
        : [
            `${shownNumber(value, digits)} ${unit}`.trim(),
            around === undefined ? '' : `${shownNumber(100 * around)} %`,
          ]
    })
    return [
      figure,
      ...cells,
      target === undefined ? '' : shownNumber(target.value, digits),
      ratiosText(ratios),
    ]
  })
  printTable([header, ...rows])
}

const ratiosText = (ratios: Summary['ratios']): string =>
  Object.values(ratios)
    .map((ratio) => (ratio === undefined ? '' : `${shownNumber(ratio, ratio < 10 ? 2 : 1)}x`))
    .join(' ')

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows)
    console.log(
      `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`,
    )
}

/** The names of the eight targets in the table. */
const aims = [
  'fan-out',
  'latency when calm',
  'memory',
  'append',
  'sync',
  'history and coming back',
  'start and web',
  'all cores',
]

interface Told {
  name: string
  aim: number | undefined
  summaries: readonly Summary[]
}

/** Every figure that has a target or a peer, of all cases, by target: ours, the target, whether it is met, the peers. */
export function printTargets(cases: readonly Told[]): void {
  console.log('\nthe eight (a ratio above 1 is in our favour)')
  const rows = aims.flatMap((about, i) => {
    const own = cases.filter(({ aim }) => aim === i + 1).flatMap(rowsOf)
    return [[`${i + 1} ${about}`, ...(own.length === 0 ? ['not measured'] : [])], ...own]
  })
  const beside = cases.filter(({ aim }) => aim === undefined).flatMap(rowsOf)
  const others = beside.length === 0 ? [] : [['beside them'], ...beside]
  printTable([['', 'Brook', 'target', '', 'peers', 'ratios'], ...rows, ...others])
}

const rowsOf = ({ name, summaries }: Told): string[][] =>
  summaries
    .filter(
      ({ target, ratios, isTold }) => isTold || target !== undefined || Object.values(ratios).some(Boolean),
    )
    .map(({ figure, unit, digits, medians, ratios, target, against }) => {
      const [ours, ...peers] = Object.entries(medians)
      const show = (value: number | undefined): string =>
        value === undefined ? '-' : shownNumber(value, digits)
      const wanted = [
        ...(target === undefined ? [] : [show(target.value)]),
        ...against.map(({ peer, ratio }) => `${ratio}x ${peer}`),
      ]
      const isReached = [...(target === undefined ? [] : [target]), ...against].every((one) => one.isReached)
      return [
        `  ${name}: ${figure}${unit === '' ? '' : `, ${unit}`}`,
        show(ours?.[1]),
        wanted.join(', '),
        wanted.length === 0 ? '' : isReached ? 'reached' : 'NOT reached',
        peers.map(([peer, value]) => `${peer} ${show(value)}`).join(', '),
        ratiosText(ratios),
      ]
    })

/** The functions with the most self time in a profile. */
export function printProfile(file: string, max = 25): void {
  const { nodes, samples = [], timeDeltas = [] } = JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url.replace(/^.*\/(?=dist\/|node_modules\/)/, '')
      return [id, `${functionName || '(anonymous)'} ${place === '' ? '' : `${place}:${lineNumber + 1}`}`]
    }),
  )
  const self = new Map<string, number>()
  samples.forEach((id, i) => {
    const name = names.get(id) ?? ''
    self.set(name, (self.get(name) ?? 0) + (timeDeltas[i] ?? 0))
  })
  const total = [...self.values()].reduce((sum, time) => sum + time, 0)
  console.log(`  self time in ${file}`)
  for (const [name, time] of [...self].sort(([, a], [, b]) => b - a).slice(0, max))
    console.log(`  ${shownNumber((100 * time) / total, 1).padStart(6)} %  ${name}`)
}
