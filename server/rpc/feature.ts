// Calls to other processes as a feature, with their metrics.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { failures } from './outcome.ts'
import { Rpc } from './rpc.ts'

export function rpcFeature({ redis, metrics, onError }: Core): Feature & { rpc: Rpc } {
  const ended = metrics.counter('brook_calls_total', 'Calls to other processes that ended', {
    fn: [],
    outcome: [],
  })
  const took = metrics.histogram('brook_call_seconds', 'Duration of these calls', {
    labelNames: ['fn'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 30],
  })
  const onEnded = (fn: string, outcome: string, seconds: number): void => {
    // A function of many (command:roll, sync:now@host) is counted by its first word: names are not bounded.
    const [label = fn] = fn.split(/[:@]/)
    ended.inc({ fn: label, outcome: isWord(outcome) ? outcome : 'refused' })
    took.observe({ fn: label }, seconds)
  }
  const rpc = new Rpc({ redis: redis.rpc, onError, onEnded })
  metrics.gauge('brook_calls_under_way', 'Calls to other processes in progress', () => rpc.underWay)
  return { rpc, close: () => rpc.close() }
}

/** A worker's own codes are not bounded; they count as one. */
const isWord = (outcome: string): boolean => outcome === 'ok' || Object.hasOwn(failures, outcome)
