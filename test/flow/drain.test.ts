// A server that stops ends in its time, whatever its connections do or leave undone.
import net from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

/** Opens connections that send just this, stops the server once it has them, and answers how long that took. */
async function drainedMs(sent: readonly string[]): Promise<number> {
  const address = new URL(await brook.serve())
  const server = brook.servers.pop()
  const sockets = sent.map((text) => {
    const socket = net.connect(Number(address.port), address.hostname)
    socket.on('error', () => undefined).resume()
    if (text !== '') socket.write(text)
    return socket
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  // Connections are taken in the order in which they come.
  expect((await fetch(new URL('/healthz', address))).status).toBe(200)
  const closed = sockets.map((socket) => once(socket, 'close'))
  const began = performance.now()
  await server?.close()
  const took = performance.now() - began
  await Promise.all(closed)
  return took
}

test('a connection that asks nothing holds up no stop', async () => {
  expect(await drainedMs([''])).toBeLessThan(limits.drainMs)
})

test('a request that is never finished holds up a stop for the time of the drain', async () => {
  const begun = 'POST /api/guests HTTP/1.1\r\nhost: localhost\r\n'
  const body = 'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"na'
  const answered = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'
  const took = await drainedMs([begun, begun + body, `${answered}G`, answered])
  expect(took).toBeLessThan(limits.moveAwayMs + limits.drainMs)
})
