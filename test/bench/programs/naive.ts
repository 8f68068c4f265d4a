// The peer: what one writes in an afternoon. Fastify and its WebSocket plugin, numbers in memory, no log, no session; a
// message is serialised once and sent to each client in a loop.
import websocket from '@fastify/websocket'
import fastify from 'fastify'
import type { WebSocket } from 'ws'
import type { AddressInfo } from 'node:net'
import type { Send } from '../../../server/protocol/requests.ts'
import { obey } from './obey.ts'

obey(async ({ rooms: roomCount }: { rooms: number }) => {
  const clients = new Map<string, Set<WebSocket>>()
  const heads = new Map<string, number>()
  let count = 0
  const app = fastify()
  await app.register(websocket, { options: { perMessageDeflate: false } })
  app.get('/api/ws', { websocket: true }, (socket) => {
    count += 1
    const user = { id: String(count), name: `guest ${count}` }
    const home = String(1 + (count % roomCount))
    const here = clients.get(home) ?? new Set()
    clients.set(home, here.add(socket))
    socket.on('close', () => here.delete(socket))
    socket.on('message', (data: Buffer) => {
      const command = JSON.parse(data.toString()) as Send | { type: 'resume' }
      if (command.type !== 'send') return
      const { room, cid, text } = command
      const seq = (heads.get(room) ?? 0) + 1
      heads.set(room, seq)
      const at = Date.now()
      const line = JSON.stringify({ type: 'message', room, seq, cid, user, text, at })
      for (const client of clients.get(room) ?? []) client.send(line)
      socket.send(JSON.stringify({ type: 'ack', cid, room, seq, at }))
    })
    const rooms = [{ id: home, head: heads.get(home) ?? 0 }]
    socket.send(JSON.stringify({ type: 'welcome', user, rooms, epoch: '', at: 0 }))
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    told: { port: (app.server.address() as AddressInfo).port },
    close: async () => {
      for (const here of clients.values()) for (const client of here) client.terminate()
      await app.close()
    },
  }
})
