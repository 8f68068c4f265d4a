// The peer: what one writes in an afternoon. Fastify and its WebSocket plugin, numbers in memory, no log, no session; a
// message is serialised once and sent to one client after the other.
import websocket from '@fastify/websocket'
import fastify from 'fastify'
import type { WebSocket } from 'ws'
import type { AddressInfo } from 'node:net'
import type { Send } from '../../../server/protocol/commands.ts'
import { obey } from './obey.ts'

obey(async () => {
  const clients = new Set<WebSocket>()
  let seq = 0
  const app = fastify()
  await app.register(websocket, { options: { perMessageDeflate: false } })
  app.get('/api/ws', { websocket: true }, (socket) => {
    const user = { id: String(clients.size + 1), name: `guest ${clients.size + 1}` }
    clients.add(socket)
    socket.on('close', () => clients.delete(socket))
    socket.on('message', (data: Buffer) => {
      const command = JSON.parse(data.toString()) as Send | { type: 'resume' }
      if (command.type !== 'send') return
      const { room, cid, text } = command
      seq += 1
      const at = Date.now()
      const line = JSON.stringify({ type: 'message', room, seq, cid, user, text, at })
      for (const client of clients) client.send(line)
      socket.send(JSON.stringify({ type: 'ack', cid, room, seq, at }))
    })
    socket.send(JSON.stringify({ type: 'welcome', user, rooms: [{ id: '1', head: seq }], epoch: '', at: 0 }))
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    told: { port: (app.server.address() as AddressInfo).port },
    close: async () => {
      for (const client of clients) client.terminate()
      await app.close()
    },
  }
})
