// A bot in a test: a program with a token that speaks HTTP, and the socket if it wants to.
import { WebSocket } from 'ws'
import { newCid } from '../../server/protocol/cid.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import { until } from './until.ts'

export interface BotEntry {
  type: string
  room: string
  seq: number
  at: number
  text?: string
  target?: number
  mentions?: unknown[]
  notice?: { kind: string }
  user?: { id: string; name: string; bot?: true }
}

export interface Told {
  entries: BotEntry[]
  cursor: string
  more: boolean
}

interface Answer<T> {
  status: number
  code: string | undefined
  body: T
}

export class Bot {
  readonly token: string
  address: string
  heard: ServerEvent[] = []
  closed: number | undefined
  #socket: WebSocket | undefined

  constructor(token: string, address: string) {
    this.token = token
    this.address = address
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const answer = await fetch(this.address + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const said = (text === '' ? {} : JSON.parse(text)) as T & { error?: { code: string } }
    return { status: answer.status, code: said.error?.code, body: said }
  }

  async says(room: string, text: string): Promise<number> {
    const { status, body } = await this.ask<{ seq: number }>('POST', `/api/rooms/${room}/messages`, {
      cid: newCid(),
      text,
    })
    if (status !== 201) throw new Error(`not said: ${status} ${JSON.stringify(body)}`)
    return body.seq
  }

  /** One poll. */
  async polls(query: { after?: string; limit?: number; waitMs?: number } = {}): Promise<Told> {
    const words = Object.entries(query).map(([name, value]) => [name, String(value)])
    const { status, body } = await this.ask<Told>('GET', `/api/bots/me/entries?${new URLSearchParams(words)}`)
    if (status !== 200) throw new Error(`no entries: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** Polls until there is no more for now. */
  async catchesUp(after?: string, limit = 100): Promise<Told> {
    const entries: BotEntry[] = []
    for (let cursor = after; ;) {
      const told = await this.polls(cursor === undefined ? { limit } : { after: cursor, limit })
      entries.push(...told.entries)
      cursor = told.cursor
      if (!told.more) return { entries, cursor, more: false }
    }
  }

  /** Opens the socket, without an Origin, and sends this first. */
  async connects(first: object): Promise<void> {
    this.heard = []
    this.closed = undefined
    const socket = new WebSocket(`${this.address.replace('http', 'ws')}/api/ws`, {
      headers: { authorization: `Bearer ${this.token}` },
    })
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      for (const line of data.toString().split('\n')) this.heard.push(JSON.parse(line) as ServerEvent)
    })
    socket.on('close', (code) => {
      // Trap: the connection before may end only now.
      if (socket === this.#socket) this.closed = code
    })
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    socket.send(JSON.stringify(first))
    await until(() => this.heard.some(({ type }) => type === 'welcome'))
  }

  tells(request: object): void {
    this.#socket?.send(JSON.stringify(request))
  }

  drops(): void {
    this.#socket?.terminate()
  }
}

/** The texts of the messages, in the order received. */
export const textsOf = ({ entries }: Pick<Told, 'entries'>): string[] =>
  entries.flatMap(({ type, text }) => (type === 'message' && text !== undefined ? text : []))
