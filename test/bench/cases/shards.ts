// Four shards of the log, each on a Redis process of its own with a process that writes to it, beside one. A Brook has one
// Redis address, so here each shard is a whole log: the same script and the same keys. Throughput is near linear until
// the cores end, so what an append costs all processes together is shown with it.
import { whenReady } from '../../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../../server/redis/connect.ts'
import { keysOf } from '../../../server/log/keys.ts'
import { privateRedis, type PrivateStores } from '../../support/stores.ts'
import type { Writing } from '../programs/writer.ts'
import type { Case } from './case.ts'
import { cpuMs, Program } from './program.ts'
import { benchStores } from './stores.ts'

type Contender = '4 shards' | '1 shard'

const underWay = 512
const writer = new URL('../programs/writer.ts', import.meta.url)

interface Shard {
  redis: Awaited<ReturnType<typeof privateRedis>>
  program: Program
}

export const shards: Case<Contender> = {
  name: 'shards',
  aim: 4,
  about: ({ entries }) =>
    `${entries} entries over one Redis or four, a writer for each, ${underWay} under way in all, appendfsync always`,
  contenders: ['4 shards', '1 shard'],
  shown: [
    { figure: 'entries', unit: '/s', better: 'more' },
    { figure: 'CPU of all', unit: 'us/entry', digits: 1, better: 'less', against: { '1 shard': 0.9 } },
    { figure: 'cores busy', unit: '', digits: 2, better: 'none' },
  ],
  round: async (contender, { entries }) => {
    const count = contender === '4 shards' ? 4 : 1
    const stores = await benchStores()
    const all: Shard[] = []
    try {
      while (all.length < count) all.push(await open(stores))
      const write = (each: number): Promise<unknown> =>
        Promise.all(
          all.map(({ program }) =>
            program.run({ how: 'append', entries: each, underWay: underWay / count } satisfies Writing),
          ),
        )
      const own = Math.ceil(entries / count)
      await write(Math.ceil(own / 10))
      const busyMs = (): number =>
        all.reduce((sum, { redis, program }) => sum + cpuMs(redis.process.pid) + cpuMs(program.pid), 0)
      const [began, before] = [performance.now(), busyMs()]
      await write(own)
      const [ms, busy] = [performance.now() - began, busyMs() - before]
      const figures = {
        entries: (own * count * 1_000) / ms,
        'CPU of all': (busy * 1_000) / (own * count),
        'cores busy': busy / ms,
      }
      return { figures, wrong: await lacking(all, own + Math.ceil(own / 10)) }
    } finally {
      for (const { redis, program } of all) {
        await program.stop()
        await redis.stop()
      }
      await stores.stop()
    }
  },
}

async function open({ mysql }: PrivateStores): Promise<Shard> {
  const redis = await privateRedis()
  const { program } = await Program.start(writer, { redis: redis.address, mysql })
  return { redis, program }
}

/** The numbers of its rooms are dense, so their sum is how many entries a shard has. */
async function lacking(all: readonly Shard[], expected: number): Promise<string[]> {
  const wrong: string[] = []
  for (const [i, { redis }] of all.entries()) {
    const asker = connectRedis(redis.address, writerOptions(5_000))
    await whenReady(asker, 10_000)
    const numbers = Object.values(await asker.hgetall(keysOf(0).numbers))
    asker.disconnect()
    const count = numbers.reduce((sum, number) => sum + Number(number), 0)
    if (count !== expected) wrong.push(`shard ${i + 1} has ${count} of ${expected} entries`)
  }
  return wrong
}
