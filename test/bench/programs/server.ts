// A Brook server in a process of its own, as it is shipped, on the bench's stores. Paces are lifted.
import { readConfig, type MysqlAddress, type RedisAddress } from '../../../server/config.ts'
import { runServer } from '../../../server/main.ts'
import { obey } from './obey.ts'

obey(async (stores: { redis: RedisAddress; mysql: MysqlAddress }) => {
  const server = await runServer({
    ...readConfig({ PORT: '0', PACING: 'off', LOG_LEVEL: 'error' }),
    ...stores,
  })
  return { told: { port: Number(new URL(server.address).port) }, close: () => server.close() }
})
