// The cost of every entry for every worker, whoever listens: reading it from the log into its tail. Two workers without a
// single socket, and a writer: at full speed, when one read brings many entries, and at a steady rate, when it brings one.
import { setTimeout as pause } from 'node:timers/promises'
import type { Writing } from '../programs/writer.ts'
import type { Case } from './case.ts'
import { cpuMs, Program } from './program.ts'
import type { Served } from './scene.ts'
import { benchStores } from './stores.ts'

const perSecond = 1_000
const programs = {
  server: new URL('../programs/server.ts', import.meta.url),
  writer: new URL('../programs/writer.ts', import.meta.url),
}

export const tail: Case<'Brook'> = {
  name: 'tail',
  aim: 8,
  about: ({ entries, seconds }) =>
    `two workers without sockets read ${entries} entries at full speed, and ${perSecond} a second for ${seconds} s`,
  contenders: ['Brook'],
  shown: [
    { figure: 'at full speed', unit: 'us/entry a worker', digits: 1, better: 'less', isTold: true },
    { figure: 'at 1,000 a second', unit: 'us/entry a worker', digits: 1, better: 'less', isTold: true },
    { figure: 'of a core at 1,000 a second', unit: '% a worker', digits: 1, better: 'less', isTold: true },
  ],
  round: async (_contender, { entries, seconds }) => {
    const stores = await benchStores()
    try {
      const { redis, mysql } = stores
      const { program: server, told } = await Program.start<Served>(programs.server, {
        redis,
        mysql,
        workers: 2,
      })
      const { program: writer } = await Program.start(programs.writer, { redis, mysql })
      const [, ...workers] = told.pids
      const cpuUs = (): number => (workers.reduce((sum, pid) => sum + cpuMs(pid), 0) * 1_000) / workers.length
      const idle = await costs(cpuUs, () => pause(2_000))
      const write = async (writing: Omit<Writing, 'how' | 'underWay'>): Promise<number> => {
        const { us, ms } = await costs(cpuUs, async () => {
          await writer.run({ how: 'append', underWay: 512, ...writing } satisfies Writing)
          // The last read.
          await pause(200)
        })
        return (us - (idle.us / idle.ms) * ms) / writing.entries
      }
      await write({ entries: Math.ceil(entries / 10) })
      const full = await write({ entries })
      const even = await write({ entries: perSecond * seconds, perSecond })
      await writer.stop()
      await server.stop()
      return {
        figures: {
          'at full speed': full,
          'at 1,000 a second': even,
          'of a core at 1,000 a second': (100 * even * perSecond) / 1e6,
        },
        wrong: [],
      }
    } finally {
      await stores.stop()
    }
  },
}

async function costs(cpuUs: () => number, work: () => Promise<unknown>): Promise<{ us: number; ms: number }> {
  const [began, before] = [performance.now(), cpuUs()]
  await work()
  return { us: cpuUs() - before, ms: performance.now() - began }
}
