// What is promised while Redis is cut off, killed, or loses answers: a message is one message, and nobody ends.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openBus } from '../../server/bus.ts'
import { runServer, type RunningServer } from '../../server/main.ts'
import { connectRedis, subscriberOptions, whenReady, writerOptions } from '../../server/redis.ts'
import { Proxy } from '../fault/proxy.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

let brook: Brook
let proxy: Proxy
let port: number
const servers: RunningServer[] = []

beforeAll(async () => {
  brook = await Brook.start()
  const { redis } = brook.stores
  if (!('path' in redis)) throw new Error('private stores listen on sockets')
  proxy = await Proxy.open({ path: redis.path })
  port = proxy.port
})
afterEach(async () => {
  proxy.clear()
  for (const server of servers.splice(0)) await server.close()
})
afterAll(async () => {
  await proxy.close()
  await brook.stop()
})

const viaProxy = () => {
  const { redis } = brook.stores
  const password = encodeURIComponent('password' in redis ? redis.password : '')
  return { url: `redis://:${password}@127.0.0.1:${port}` }
}

/** A server that reaches Redis through the proxy; its number for `enter`. */
async function serveViaProxy(): Promise<number> {
  const server = await runServer({ ...brook.config, redis: viaProxy() })
  servers.push(server)
  return brook.servers.push(server) - 1
}

test('a subscriber that is cut before it was answered listens again, and nobody ends for it', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  const ear = connectRedis(viaProxy(), subscriberOptions)
  const mouth = connectRedis(brook.stores.redis, writerOptions(2_000))
  await whenReady(mouth, 10_000)
  const heard: string[] = []
  const bus = openBus(mouth, ear)
  bus.subscribe((signal) => signal.kind === 'signed-out' && heard.push(signal.session))
  const hears = (word: string): Promise<boolean> =>
    until(() => {
      bus.publish({ kind: 'signed-out', session: word })
      return heard.includes(word)
    })
  await hears('first')
  // The moment right after each reconnect is the one that matters.
  for (let i = 0; i < 20; i += 1) {
    const ready = new Promise((resolve) => ear.once('ready', resolve))
    proxy.cut()
    await ready
    proxy.cut()
  }
  await hears('second')
  for (const redis of [ear, mouth]) redis.disconnect()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
