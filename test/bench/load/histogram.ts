// Times as counts in buckets of 10 µs: adding one costs a multiplication, and what several threads counted can be summed.

const bucketsPerMs = 100
/** 20 s; what took longer counts as this long, but for the maximum. */
const buckets = 20_000 * bucketsPerMs

export interface Times {
  counts: Uint32Array
  max: number
}

/** What is said of many times, in milliseconds. */
export interface Percentiles {
  count: number
  p50: number
  p90: number
  p99: number
  max: number
}

export const noTimes = (): Times => ({ counts: new Uint32Array(buckets + 1), max: 0 })

export function addTime(times: Times, ms: number): void {
  const bucket = Math.min(buckets, Math.max(0, Math.floor(ms * bucketsPerMs)))
  times.counts[bucket] = (times.counts[bucket] ?? 0) + 1
  if (ms > times.max) times.max = ms
}

export function percentiles(parts: readonly Times[]): Percentiles {
  const sum = noTimes()
  for (const { counts, max } of parts) {
    sum.max = Math.max(sum.max, max)
    for (let i = 0; i <= buckets; i += 1) sum.counts[i] = (sum.counts[i] ?? 0) + (counts[i] ?? 0)
  }
  const count = sum.counts.reduce((total, one) => total + one, 0)
  const at = (share: number): number => {
    let left = Math.ceil(count * share)
    for (let i = 0; i <= buckets; i += 1) {
      left -= sum.counts[i] ?? 0
      if (left <= 0) return Math.min((i + 1) / bucketsPerMs, sum.max)
    }
    return sum.max
  }
  return count === 0
    ? { count, p50: 0, p90: 0, p99: 0, max: 0 }
    : { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sum.max }
}
