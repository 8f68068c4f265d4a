// What a backup costs those who talk: the time of their sends with one being made beside, and without; and its own time, size and
// memory. It runs as the nightly one does: in a process of its own, with a lower priority.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { PrivateStores } from '../../support/stores.ts'
import type { BackedUp } from '../programs/backer.ts'
import type { Case } from './case.ts'
import { fillRoom } from './history.ts'
import { Program } from './program.ts'
import { Scene } from './scene.ts'
import { faultsOf, figuresOf } from './talking.ts'

const program = new URL('../programs/backer.ts', import.meta.url)
const sockets = 100
const perSecond = 100
const mb = 1024 * 1024

export const backup: Case<'with a backup' | 'without'> = {
  name: 'backup',
  about: ({ rows, seconds }) =>
    `${sockets} sockets in one room, ${perSecond} messages a second for ${seconds} s, while ${rows / 5} messages are backed up`,
  contenders: ['with a backup', 'without'],
  shown: [
    { figure: 'ack p50', unit: 'ms', digits: 1, better: 'less', against: { without: 1 / 1.3 } },
    { figure: 'ack p99', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'heard p50', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'heard p99', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'backup took', unit: 's', digits: 1, better: 'none', isTold: true },
    { figure: 'backup rows', unit: '', better: 'none' },
    { figure: 'backup size', unit: 'MB', digits: 1, better: 'none', isTold: true },
    { figure: 'memory above idle', unit: 'MB', digits: 1, better: 'less', target: 64 },
  ],
  round: async (contender, { rows, seconds, threads }) => {
    const messages = perSecond * seconds
    const scene = await Scene.open({ contender: 'Brook', sockets, seating: 'one', threads, messages })
    const folder = mkdtempSync(path.join(os.tmpdir(), 'brook-bench-backup-'))
    try {
      const { stores } = scene
      if (stores === undefined) throw new Error('a Brook has stores')
      await fillRoom(stores.mysql, rows / 5)
      const backer = contender === 'with a backup' ? await startBacker(stores, folder) : undefined
      const making = backer?.run<BackedUp>()
      await scene.load.talkSteadily(perSecond, messages)
      const heard = await scene.load.finish()
      const made = await making
      await backer?.stop()
      return {
        figures: { ...figuresOf(heard, seconds), ...(made === undefined ? {} : backupFigures(made)) },
        wrong: [
          ...faultsOf(heard),
          ...(made !== undefined && made.rows < rows / 5 ? ['rows are missing'] : []),
        ],
      }
    } finally {
      rmSync(folder, { recursive: true })
      await scene.close()
    }
  },
}

const backupFigures = ({ ms, rows, bytes, idle, peak }: BackedUp): Record<string, number> => ({
  'backup took': ms / 1_000,
  'backup rows': rows,
  'backup size': bytes / mb,
  'memory above idle': (peak - idle) / mb,
})

async function startBacker({ redis, mysql }: PrivateStores, folder: string): Promise<Program> {
  return (await Program.start(program, { redis, mysql, folder })).program
}
