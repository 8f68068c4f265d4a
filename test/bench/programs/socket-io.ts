// The peer: Socket.IO with its Redis streams adapter, which keeps messages in a stream for clients that reconnect. Numbers
// in memory, no session, no database.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RedisAddress } from '../../../server/config.ts'
import type { Send } from '../../../server/protocol/requests.ts'
import { connectRedis } from '../../../server/redis/connect.ts'
import { obey } from './obey.ts'
import { peer } from './peers.ts'

interface Socket {
  emit(name: string, event: unknown): void
  on(name: string, hear: (command: Send) => void): void
  join(room: string): void
}
interface Server {
  to(room: string): { emit(name: string, event: unknown): void }
  on(name: 'connection', welcome: (socket: Socket) => void): void
  close(): Promise<void>
}
const { Server: SocketIo } = peer('socket.io') as { Server: new (...options: unknown[]) => Server }
const { createAdapter } = peer('@socket.io/redis-streams-adapter') as {
  createAdapter: (redis: unknown) => unknown
}

obey(async ({ redis: address, rooms }: { redis: RedisAddress; rooms: number }) => {
  const http = createServer()
  const redis = connectRedis(address, {})
  const io = new SocketIo(http, {
    adapter: createAdapter(redis),
    transports: ['websocket'],
    serveClient: false,
  })
  const heads = new Map<string, number>()
  let clients = 0
  io.on('connection', (socket) => {
    clients += 1
    const user = { id: String(clients), name: `guest ${clients}` }
    const home = String(1 + (clients % rooms))
    socket.join(home)
    socket.on('e', ({ type, room, cid, text }) => {
      if (type !== 'send') return
      const seq = (heads.get(room) ?? 0) + 1
      heads.set(room, seq)
      const at = Date.now()
      io.to(room).emit('e', { type: 'message', room, seq, cid, user, text, at })
      socket.emit('e', { type: 'ack', cid, room, seq, at })
    })
    const welcome = { user, rooms: [{ id: home, head: heads.get(home) ?? 0 }], epoch: '', at: 0 }
    socket.emit('e', { type: 'welcome', ...welcome })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    told: { port: (http.address() as AddressInfo).port },
    close: async () => {
      await io.close()
      redis.disconnect()
    },
  }
})
