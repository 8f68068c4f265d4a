// People who connect and disconnect, with one connection each: they resume without a cursor, receive, and answer pings.
import { WebSocket } from 'ws'
import { newCid } from '../../server/protocol/cid.ts'

/** Handshakes under way at once; when a machine has no time for more, fewer come and go. */
const atOnce = 20

export class Comers {
  readonly #address: string
  /** Of those who are away. */
  readonly #cookies: string[]
  readonly #here = new Map<WebSocket, string>()
  came = 0
  heard = 0
  refused = 0
  #coming = 0
  /** Connections that the server ended, by code. */
  readonly endings: Record<string, number> = {}

  constructor(port: number, cookies: string[]) {
    this.#address = `127.0.0.1:${port}`
    this.#cookies = [...cookies]
  }

  get count(): number {
    return this.#here.size
  }

  async grow(to: number): Promise<void> {
    const grow = async (): Promise<void> => {
      while (this.count < to) await this.#come()
    }
    await Promise.all(Array.from({ length: atOnce }, grow))
  }

  /** The one who comes is not the one who leaves. */
  async oneLeavesAndOneComes(): Promise<void> {
    if (this.#coming >= atOnce) return
    this.#coming += 1
    const come = this.#come().finally(() => (this.#coming -= 1))
    const socket = this.#any()
    if (socket !== undefined) {
      this.#away(socket)
      if (Math.random() < 0.5) socket.terminate()
      else socket.close(1000)
    }
    await come
  }

  oneSpeaks(room: string): void {
    const text = 'somebody says something while people come and go'
    this.#any()?.send(JSON.stringify({ type: 'send', room, cid: newCid(), text }))
  }

  close(): void {
    for (const socket of [...this.#here.keys()]) {
      this.#away(socket)
      socket.terminate()
    }
  }

  #any(): WebSocket | undefined {
    const open = [...this.#here.keys()]
    return open[Math.floor(Math.random() * open.length)]
  }

  #away(socket: WebSocket): void {
    const cookie = this.#here.get(socket)
    this.#here.delete(socket)
    if (cookie !== undefined) this.#cookies.push(cookie)
  }

  #come(): Promise<void> {
    const cookie = this.#cookies.shift()
    if (cookie === undefined) return Promise.resolve()
    const socket = new WebSocket(`ws://${this.#address}/api/ws`, {
      headers: { cookie, origin: `http://${this.#address}` },
    })
    socket.on('message', (data: Buffer) => this.#hear(data))
    return new Promise((resolve) => {
      const settle = (how: string) => (): void => {
        if (this.#here.has(socket)) this.endings[how] = (this.endings[how] ?? 0) + 1
        this.#away(socket)
        resolve()
      }
      socket.once('open', () => {
        this.#here.set(socket, cookie)
        this.came += 1
        socket.send(JSON.stringify({ type: 'resume', rooms: {} }))
        resolve()
      })
      socket.once('close', (code) => settle(String(code))())
      socket.on('error', () => {
        if (!this.#here.has(socket)) this.#cookies.push(cookie)
        this.refused += 1
        resolve()
      })
    })
  }

  #hear(data: Buffer): void {
    for (let at = data.indexOf(marker); at >= 0; at = data.indexOf(marker, at + 1)) this.heard += 1
  }
}

const marker = '"type":"message"'
