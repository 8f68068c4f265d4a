// Faults of servers and syncs: killed, ended, frozen, and started again as an operator would.
import { setTimeout as pause } from 'node:timers/promises'
import { failPoints } from './brook-process.ts'
import { between, pick } from './chance.ts'
import type { Station } from './cluster.ts'
import { anyServer, type Faults, type Target } from './fault.ts'

async function restart(target: Target, station: Station, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  await station.process.end(signal)
  station.web?.set({ refuse: true })
  await pause(between(target.chance, 0, 2_000))
  await supervised(target, station)
}

/** Starts it, and restarts it if it exits, as an operator would. An exit by itself is recorded as a finding. */
async function supervised({ cluster, note }: Target, station: Station): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      return await cluster.start(station)
    } catch (error) {
      note((error as Error).message)
      await pause(1_000)
    }
  }
}

async function frozen(station: Station, forMs: number): Promise<void> {
  station.process.pause()
  await pause(forMs)
  station.process.resume()
}

async function syncFailPoint(target: Target, act: 'die' | 'freeze'): Promise<void> {
  const { cluster, chance, note } = target
  const at = pick(chance, failPoints)
  note(`at ${at}`)
  // Only the sync that holds the lease passes the point: both are armed, and the first one is hit.
  for (const { process } of cluster.syncs) process.arm(at, act)
  const end = Date.now() + 8_000
  const hit = (): Station | undefined => cluster.syncs.find(({ process }) => process.stoppedAt !== undefined)
  while (Date.now() < end && hit() === undefined && cluster.syncs.every(({ process }) => process.isUp))
    await pause(20)
  const caught = hit() ?? cluster.syncs.find(({ process }) => !process.isUp)
  for (const station of cluster.syncs) if (station !== caught) station.process.disarm()
  if (act === 'freeze') {
    // Past its lease: another takes over, and then the frozen one wakes up.
    if (caught !== undefined) await pause(between(chance, 1_000, 18_000))
    for (const { process } of cluster.syncs) process.resume()
  } else {
    await pause(between(chance, 0, 3_000))
    for (const station of cluster.syncs) await supervised(target, station)
  }
}

export const processFaults: Faults = {
  'sync dies at a point': { weight: 6, inject: (target) => syncFailPoint(target, 'die') },
  'sync freezes at a point, then wakes': { weight: 4, inject: (target) => syncFailPoint(target, 'freeze') },
  'sync kill -9': {
    weight: 3,
    inject: (target) => restart(target, pick(target.chance, target.cluster.syncs), 'SIGKILL'),
  },
  'sync SIGTERM': {
    weight: 2,
    inject: (target) => restart(target, pick(target.chance, target.cluster.syncs), 'SIGTERM'),
  },
  'sync SIGSTOP past its lease': {
    weight: 2,
    inject: ({ cluster, chance }) => frozen(pick(chance, cluster.syncs), between(chance, 11_000, 16_000)),
  },
  'server kill -9': { weight: 5, inject: (target) => restart(target, anyServer(target), 'SIGKILL') },
  'server SIGTERM': { weight: 4, inject: (target) => restart(target, anyServer(target), 'SIGTERM') },
  'server SIGSTOP': {
    weight: 3,
    inject: (target) => frozen(anyServer(target), between(target.chance, 300, 7_000)),
  },
}
