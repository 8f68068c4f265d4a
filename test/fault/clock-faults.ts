// Clocks that step, back or ahead, and are set right some seconds later: of one process, of Redis, or of all of
// them. MySQL's stays: libfaketime does not bear its many threads; its steps are a test of `clocks`.
import { setTimeout as pause } from 'node:timers/promises'
import { clocksMove, type Clock } from '../support/clock.ts'
import { between, pick } from './chance.ts'
import type { Cluster } from './cluster.ts'
import type { Fault, Faults, Target } from './fault.ts'

/** In seconds. */
const stepsOf = {
  'an hour back': -3_600,
  'half a minute back': -30,
  'a day ahead': 86_400,
}

/** None where clocks cannot be moved. */
const stepping = (weight: number, clocksOf: (target: Target) => Clock[]): Fault => ({
  weight: clocksMove ? weight : 0,
  inject: async (target) => {
    const { chance, note } = target
    const clocks = clocksOf(target)
    const [name, seconds] = pick(chance, Object.entries(stepsOf))
    note(name)
    for (const clock of clocks) clock.set(seconds)
    await pause(between(chance, 1_500, 12_000))
    for (const clock of clocks) clock.set(0)
  },
})

const allOf = ({ redisClock, stations }: Cluster): Clock[] => [
  redisClock,
  ...stations.map(({ clock }) => clock),
]

export const clockFaults: Faults = {
  'clock of a server steps': stepping(3, ({ cluster, chance }) => [pick(chance, cluster.servers).clock]),
  'clock of a sync steps': stepping(3, ({ cluster, chance }) => [pick(chance, cluster.syncs).clock]),
  'clock of redis steps': stepping(4, ({ cluster }) => [cluster.redisClock]),
  'clocks of all step': stepping(3, ({ cluster }) => allOf(cluster)),
}
