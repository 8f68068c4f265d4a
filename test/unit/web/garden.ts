// Ann's browser, complete except for the drawing, and a server that is the test: its answers and events are set here.
import { createPinia, setActivePinia } from 'pinia'
import { vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import type { Message } from '../../../server/protocol/http.ts'
import type { ServerEvent } from '../../../server/protocol/events.ts'
import type { RoomSummary } from '../../../server/protocol/people.ts'
import { useRoom } from '../../../web/room/open/use-room.ts'
import { useRooms } from '../../../web/rooms/rooms.ts'
import { useLink } from '../../../web/wire/link.ts'
import { FakeSocket } from './fake-socket.ts'
import { ann, garden, welcome } from './said.ts'

export class Server {
  rooms: RoomSummary[] = [garden()]
  /** All messages of each room. */
  logs = new Map<string, Message[]>()
  /** The list of rooms cannot be loaded. */
  hasNoList = false
  asked: string[] = []
  refusal: { code: string; status: number } | undefined

  #holding: Promise<void> | undefined

  /** Answers made from here on are held until the returned function is called. */
  hold(): () => void {
    let release: () => void = () => undefined
    this.#holding = new Promise<void>((resolve) => (release = resolve))
    return () => {
      this.#holding = undefined
      release()
    }
  }

  async send(method: string, url: string): Promise<Response> {
    const answer = this.answer(method, url)
    await this.#holding
    return answer
  }

  say(...messages: Message[]): void {
    const log = this.logs.get('7') ?? []
    log.push(...messages)
    this.logs.set('7', log)
  }

  answer(method: string, url: string): Response {
    this.asked.push(`${method} ${url}`)
    const { pathname, searchParams } = new URL(url, 'http://here')
    const [, , what, room = '', part] = pathname.split('/')
    if (what === 'session') return Response.json({ user: { ...ann, guest: true, admin: false } })
    if (what === 'rooms' && room === '') {
      if (this.hasNoList) throw new TypeError('Failed to fetch')
      return Response.json({ rooms: this.rooms })
    }
    if (part === 'pins') return Response.json({ pins: [] })
    if (part === 'members') return Response.json({ members: [], total: 0 })
    if (this.refusal !== undefined && part === 'messages') {
      return Response.json(
        { error: { code: this.refusal.code, message: '' } },
        { status: this.refusal.status },
      )
    }
    const log = this.logs.get(room)
    if (log === undefined)
      return Response.json({ error: { code: 'not_found', message: '' } }, { status: 404 })
    return part === 'changes' ? this.#changes(log, searchParams) : this.#page(log, searchParams)
  }

  #changes(log: Message[], query: URLSearchParams): Response {
    const messages = log.filter(({ seq }) => seq > Number(query.get('after')))
    return Response.json({ messages, head: log.at(-1)?.seq ?? 0, more: false })
  }

  #page(log: Message[], query: URLSearchParams): Response {
    const limit = Number(query.get('limit') ?? 50)
    const around = query.get('around')
    const after = query.get('after')
    const before = Number(query.get('before') ?? Infinity)
    const from =
      around !== null ? Math.max(0, Number(around) - limit / 2) : after !== null ? Number(after) : undefined
    const fitting =
      from === undefined
        ? log.filter(({ seq }) => seq < before).slice(-limit)
        : log.filter(({ seq }) => seq > from).slice(0, limit)
    const first = fitting[0]?.seq ?? 0
    const last = fitting.at(-1)?.seq ?? Infinity
    return Response.json({
      messages: fitting,
      hasBefore: log.some(({ seq }) => seq < first),
      hasAfter: log.some(({ seq }) => seq > last),
      upTo: log.at(-1)?.seq ?? 0,
    })
  }
}

export const settle = async (): Promise<void> => {
  // What the socket brings is heard with the next frame.
  await vi.advanceTimersByTimeAsync(16)
  await vi.advanceTimersByTimeAsync(0)
  await nextTick()
}

/** Opens Ann's browser; `comes` connects it. */
export function openBrowser(server: Server) {
  FakeSocket.made = []
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('fetch', (url: string, { method = 'GET' } = {}) =>
    Promise.resolve().then(() => server.send(method, url)),
  )
  setActivePinia(createPinia())
  const scope = effectScope()
  const rooms = useRooms()
  return {
    rooms,
    link: useLink(),
    comes: async () => {
      await settle()
      FakeSocket.newest.says(welcome(0, { rooms: server.rooms }))
      await settle()
    },
    hears: async (...events: ServerEvent[]) => {
      FakeSocket.newest.says(...events)
      await settle()
    },
    /** Goes to a room as a component does; `leave` unmounts it. */
    visits: async (id: string) => {
      const visit = effectScope()
      const room = scope.run(() => visit.run(() => useRoom(id)))
      if (room === undefined) throw new Error('no scope')
      await settle()
      return { room, leave: () => visit.stop() }
    },
    said: () => FakeSocket.newest.said,
    closes: () => {
      scope.stop()
      useLink().stop()
    },
  }
}

export type Browser = ReturnType<typeof openBrowser>
