// The nemesis: picks random faults and injects them into the cluster, one or two at a time, each with an end. The checker
// judges what a fault did to acknowledged messages; the nemesis only knows that some disks may be touched only when
// everything is archived and all clients are silent.
import { setTimeout as pause } from 'node:timers/promises'
import { browserFaults } from './browser-faults.ts'
import { between, pick } from './chance.ts'
import { clockFaults } from './clock-faults.ts'
import { type Fault, type Faults, type Target } from './fault.ts'
import { mysqlFaults } from './mysql-faults.ts'
import { processFaults } from './process-faults.ts'
import { redisFaults } from './redis-faults.ts'

const faults: Faults = Object.assign({}, redisFaults, mysqlFaults, processFaults, browserFaults, clockFaults)

/** Injects fault after fault until `endAt`; resolves when the last one has ended. Counts them by name. */
export async function rage(target: Target, endAt: number, counts: Map<string, number>): Promise<void> {
  const under = new Map<string, { fault: Fault; done: Promise<void> }>()
  const names = Object.keys(faults).filter((name) => name.includes(target.only))
  const heaviest = names.flatMap((name) => Array<string>(faults[name]?.weight ?? 0).fill(name))
  while (Date.now() < endAt) {
    const name = pick(target.chance, heaviest)
    const fault = faults[name]
    const isBusy = [...under.values()].some(
      (other) => other.fault.isAlone || (fault?.isStore && other.fault.isStore),
    )
    const isInTheWay = fault?.isAlone === true && under.size > 0
    if (fault === undefined || under.has(name) || isBusy || isInTheWay || under.size >= 3) {
      await pause(200)
      continue
    }
    counts.set(name, (counts.get(name) ?? 0) + 1)
    target.note(`${name}`)
    const done = fault
      .inject(target)
      .catch((error: unknown) => target.note(`${name} failed: ${(error as Error).message}`))
      .finally(() => {
        under.delete(name)
        target.note(`${name} ended`)
      })
    under.set(name, { fault, done })
    if (fault.isAlone === true) await done
    await pause(between(target.chance, 200, 4_000))
  }
  await Promise.all([...under.values()].map(({ done }) => done))
}
