// A Brook server in a process of its own, as it is shipped, on the bench's stores. Paces are lifted.
import { readConfig, type MysqlAddress, type RedisAddress } from '../../../server/config.ts'
import { runServer } from '../../../server/main.ts'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { obey } from './obey.ts'

obey(async (stores: { redis: RedisAddress; mysql: MysqlAddress }) => {
  const server = await runServer({
    ...readConfig({ PORT: '0', PACING: 'off', LOG_LEVEL: 'error' }),
    ...stores,
  })
  // What it holds once the garbage is gone, which is what `run` is asked for.
  const run = (): Promise<NodeJS.MemoryUsage> => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    for (let i = 0; i < 3; i += 1) collect()
    return Promise.resolve(process.memoryUsage())
  }
  return { run, told: { port: Number(new URL(server.address).port) }, close: () => server.close() }
})
