// People in one room who talk at a steady rate, whatever else the server does: how long their messages take.
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { newCid } from '../../../server/protocol/cid.ts'
import type { ServerEvent } from '../../../server/protocol/events.ts'
import { firstRoom } from './people.ts'

export const talkers = 20
export const sendsPerSecond = 40

/** Milliseconds of each. */
export type Times = Record<'ack' | 'heard', number[]>

export const noTimes = (): Times => ({ ack: [], heard: [] })

export function addTimes(to: Times, { ack, heard }: Times): void {
  to.ack.push(...ack)
  to.heard.push(...heard)
}

/** `figure`: such as 'ack p95'. Milliseconds. */
export function at(times: Times, figure: `${keyof Times} p${number}`): number {
  const [what, share = ''] = figure.split(' ') as [keyof Times, string]
  const sorted = times[what].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length * Number(share.slice(1))) / 100)] ?? NaN
}

/** Everybody in the first room, each on a socket. */
export class Crowd {
  readonly #sockets: WebSocket[]
  readonly #sentAt = new Map<string, number>()
  readonly #waiting = new Set<string>()
  #times = noTimes()
  /** Sends that were refused, or are not answered yet. */
  unanswered = 0

  private constructor(sockets: WebSocket[]) {
    this.#sockets = sockets
    for (const socket of sockets) socket.on('message', (data: Buffer) => this.#hear(socket, data.toString()))
  }

  static async enter(port: number, cookies: readonly string[]): Promise<Crowd> {
    const sockets = cookies.map(
      (cookie) =>
        new WebSocket(`ws://127.0.0.1:${port}/api/ws`, {
          headers: { cookie, origin: `http://127.0.0.1:${port}` },
        }),
    )
    const crowd = new Crowd(sockets)
    await Promise.all(sockets.map((one) => new Promise((resolve) => one.once('message', resolve))))
    for (const one of sockets) one.send(JSON.stringify({ type: 'resume', rooms: {} }))
    return crowd
  }

  /** At a steady rate, whoever is answered when. Resolves with the times of these, once they are answered. */
  async talks(ms: number): Promise<Times> {
    this.#times = noTimes()
    const began = performance.now()
    for (let sent = 0; sent < (ms / 1_000) * sendsPerSecond; sent += 1) {
      const due = began + (sent * 1_000) / sendsPerSecond - performance.now()
      if (due > 0) await pause(due)
      const cid = newCid()
      this.#sentAt.set(cid, performance.now())
      this.#waiting.add(cid)
      const request = { type: 'send', room: String(firstRoom), cid, text: 'what people say in a room' }
      this.#sockets[sent % talkers]?.send(JSON.stringify(request))
    }
    await this.isQuiet()
    return this.#times
  }

  async isQuiet(): Promise<void> {
    for (let tries = 0; this.#waiting.size > 0 && tries < 500; tries += 1) await pause(20)
    this.unanswered += this.#waiting.size
    this.#waiting.clear()
    this.#sentAt.clear()
  }

  leaves(): void {
    for (const socket of this.#sockets) socket.terminate()
  }

  #hear(socket: WebSocket, frame: string): void {
    const now = performance.now()
    for (const line of frame.split('\n')) {
      const event = JSON.parse(line) as ServerEvent
      const cid = 'cid' in event ? (event.cid ?? '') : ''
      const sentAt = this.#sentAt.get(cid)
      if (sentAt === undefined) continue
      if (event.type === 'message' && socket !== this.#sockets[0]) this.#times.heard.push(now - sentAt)
      if (event.type !== 'ack') continue
      this.#times.ack.push(now - sentAt)
      this.#waiting.delete(cid)
    }
  }
}
