// Somebody who misbehaves in one of many ways, in a process of their own: `run` with a way begins it, without one ends it.
import { setMaxListeners } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { newCid } from '../../../server/protocol/cid.ts'
import { obey } from './obey.ts'

/** Whom it acts as, and where: `room` is one of long messages. */
export interface Nuisance {
  port: number
  room: string
  guest: string
  /** Its rights in `room` are an owner's. */
  owner: string
  botToken: string
}

/** Requests of one kind that are under way at once. */
const atOnce = 20

interface Ask {
  cookie?: string
  token?: string
  body?: unknown
}

/** A way to misbehave, until `end` is aborted; connections that it adds to `open` are cut then. */
type Way = (self: Acting, end: AbortSignal) => unknown

class Acting {
  readonly given: Nuisance
  readonly #end: AbortSignal

  constructor(given: Nuisance, end: AbortSignal) {
    this.given = given
    this.#end = end
  }

  get origin(): string {
    return `http://127.0.0.1:${this.given.port}`
  }

  /** The answer, read to its end; whatever goes wrong is nobody's concern. */
  async ask(method: string, path: string, { cookie, token, body }: Ask = {}): Promise<string> {
    const headers = {
      origin: this.origin,
      ...(cookie === undefined ? {} : { cookie }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const request = {
      method,
      headers,
      signal: this.#end,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    const answer = await fetch(this.origin + path, request).catch(() => undefined)
    const text = (await answer?.text().catch(() => '')) ?? ''
    // A refusal costs nothing: a loop of refusals would only measure this process.
    if (answer?.status === 429) await pause(50)
    return text
  }

  /** Asks again and again, so many at once. */
  repeats(one: (i: number) => Promise<unknown>, times = atOnce): void {
    for (let i = 0; i < times; i += 1)
      void (async () => {
        while (!this.#end.aborted) await one(i)
      })()
  }

  /** A bare connection that writes this once. */
  dials(text: string): Socket {
    const socket = connect(this.given.port, '127.0.0.1')
    socket.on('error', () => undefined)
    this.#end.addEventListener('abort', () => socket.destroy())
    socket.write(text)
    return socket
  }

  socket(cookie: string, onOpen: (socket: WebSocket) => void = () => undefined): WebSocket {
    const headers = { cookie, origin: this.origin }
    const socket = new WebSocket(`${this.origin.replace('http', 'ws')}/api/ws`, { headers })
    socket.on('error', () => undefined)
    socket.on('open', () => onOpen(socket))
    this.#end.addEventListener('abort', () => socket.terminate())
    return socket
  }

  /** A GET whose answer is never read. */
  neverReads(path: string): void {
    const { port, guest } = this.given
    this.dials(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${guest}\r\n\r\n`).pause()
  }
}

const many = (count: number, make: (i: number) => unknown): void => {
  for (let i = 0; i < count; i += 1) make(i)
}
const resume = (socket: WebSocket, rooms: Record<string, number>): void =>
  socket.send(JSON.stringify({ type: 'resume', rooms }))

const unsigned: Record<string, Way> = {
  'sign-in attempts': (self) =>
    self.repeats(() =>
      self.ask('POST', '/api/session', { body: { name: 'guest 1', password: 'not the one' } }),
    ),
  'sign-ups': (self) =>
    self.repeats(() =>
      self.ask('POST', '/api/users', {
        body: { name: newCid().slice(-9), password: 'correct horse battery' },
      }),
    ),
  '/metrics and /readyz': (self) =>
    self.repeats((i) => self.ask('GET', i % 2 === 0 ? '/metrics' : '/readyz')),
  'silent connections': (self) => many(500, () => self.dials('')),
  'big bodies': (self) => {
    const body = { name: 'x'.repeat(5_000_000), password: '' }
    self.repeats(() => self.ask('POST', '/api/session', { body }), 4)
  },
  'slow bodies': (self, end) =>
    many(300, () => {
      const head =
        'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n'
      const socket = self.dials(head)
      const drops = setInterval(() => socket.write(' '), 100)
      end.addEventListener('abort', () => clearInterval(drops))
    }),
}

const signedIn: Record<string, Way> = {
  'messages at the rate limit': (self) => {
    const { room, guest } = self.given
    const path = `/api/rooms/${room}/messages`
    self.repeats(() =>
      self.ask('POST', path, { cookie: guest, body: { cid: newCid(), text: 'x'.repeat(16_000) } }),
    )
  },
  'topic changes': (self) => {
    const { room, owner } = self.given
    let n = 0
    self.repeats(() =>
      self.ask('PATCH', `/api/rooms/${room}`, { cookie: owner, body: { topic: `topic ${(n += 1)}` } }),
    )
  },
  'joins and leaves': (self) => {
    const { guest: cookie, room } = self.given
    const path = `/api/rooms/${Number(room) + 1}/members/me`
    self.repeats(async () => {
      await self.ask('DELETE', path, { cookie })
      await self.ask('PUT', path, { cookie })
    })
  },
  'history, 200 at a time': (self) => {
    const { room, guest: cookie } = self.given
    self.repeats((i) =>
      self.ask('GET', `/api/rooms/${room}/messages?limit=200&before=${2_000 - i}`, { cookie }),
    )
  },
  'history, never read': (self) =>
    many(100, (i) => self.neverReads(`/api/rooms/${self.given.room}/messages?limit=200&before=${2_000 - i}`)),
  search: (self) => {
    const { guest: cookie } = self.given
    self.repeats((i) => self.ask('GET', `/api/search?q=long+word${i}`, { cookie }))
  },
  'exports, never read': (self) => many(10, () => self.neverReads(`/api/rooms/${self.given.room}/export`)),
  'exports, read': (self) =>
    self.repeats(() => self.ask('GET', `/api/rooms/${self.given.room}/export`, { cookie: self.given.guest })),
  'lists of rooms and members': (self) => {
    const { guest: cookie, room } = self.given
    self.repeats((i) =>
      self.ask('GET', i % 2 === 0 ? '/api/rooms' : `/api/rooms/${room}/members`, { cookie }),
    )
  },
  'many sockets': (self) => many(500, () => self.socket(self.given.guest, (socket) => resume(socket, {}))),
  'resuming again and again': (self) => {
    self.repeats(async () => {
      const socket = self.socket(self.given.guest, (one) => resume(one, { [self.given.room]: 0 }))
      await new Promise((resolve) => socket.once('message', resolve).once('close', resolve))
      socket.terminate()
    })
  },
  'sockets that do not read': (self) =>
    many(20, () =>
      self.socket(self.given.guest, (socket) => {
        resume(socket, {})
        socket.pause()
      }),
    ),
}

const programs: Record<string, Way> = {
  'a bot that polls': (self) =>
    self.repeats(() => self.ask('GET', '/api/bots/me/entries?limit=200', { token: self.given.botToken })),
  'an incoming webhook with 250 KB': async (self) => {
    const { room, owner: cookie } = self.given
    const opened = await self.ask('POST', `/api/rooms/${room}/hooks/incoming`, {
      cookie,
      body: { name: 'CI' },
    })
    const { path = '' } = JSON.parse(opened === '' ? '{}' : opened) as { path?: string }
    const body = { text: '*_*_'.repeat(62_000) }
    self.repeats(() => self.ask('POST', path, { body }), 10)
  },
  'outgoing webhooks to a slow receiver': async (self, end) => {
    const { room, owner: cookie } = self.given
    const server = createServer((_request, response) => void setTimeout(() => response.end(), 9_000))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    end.addEventListener('abort', () => server.close().closeAllConnections())
    const body = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
    for (let i = 0; i < 20; i += 1)
      await self.ask('POST', `/api/rooms/${room}/hooks/outgoing`, { cookie, body })
    const path = `/api/rooms/${room}/messages`
    self.repeats(() => self.ask('POST', path, { cookie, body: { cid: newCid(), text: 'to the hooks' } }), 4)
  },
}

const ways: Record<string, Way> = { ...unsigned, ...signedIn, ...programs }

obey((given: Nuisance) => {
  let end = new AbortController()
  const run = async (way: string | undefined): Promise<void> => {
    end.abort()
    end = new AbortController()
    setMaxListeners(0, end.signal)
    if (way !== undefined) await ways[way]?.(new Acting(given, end.signal), end.signal)
  }
  return Promise.resolve({ told: Object.keys(ways), run, close: () => run(undefined) })
})
