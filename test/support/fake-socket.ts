// The browser's end of a socket, without a network: records what it receives and how it is closed.
import type { WebSocket } from 'ws'
import type { ServerEvent } from '../../server/protocol/events.ts'
import type { User } from '../../server/protocol/people.ts'
import { Connection } from '../../server/socket/connection.ts'

export class FakeSocket {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  isPaused = false
  pings = 0
  isTerminated = false
  closed: { code: number; reason: string } | undefined
  readonly frames: Buffer[] = []

  send(bytes: Buffer, { binary }: { binary: boolean }): void {
    if (binary) throw new Error('the wire is text')
    this.frames.push(bytes)
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  ping(): void {
    this.pings += 1
  }

  close(code: number, reason: string): void {
    this.readyState = 2
    this.closed = { code, reason }
  }

  terminate(): void {
    this.readyState = 3
    this.isTerminated = true
  }

  /** The frames as text. */
  get texts(): string[] {
    return this.frames.map(String)
  }

  /** Every event received, in order. */
  get heard(): ServerEvent[] {
    return this.texts.flatMap((text) => text.split('\n')).map((line) => JSON.parse(line) as ServerEvent)
  }

  /** The numbers of the entries received of a room, in order. */
  numbers(room = '7'): number[] {
    return this.heard.flatMap((event) =>
      'at' in event && 'seq' in event && event.room === room ? [event.seq] : [],
    )
  }
}

/** A connection on a fake socket, with its counts. */
export function connect(user: User = { id: '1', name: 'Ann', guest: false, admin: false }, session = 's1') {
  const socket = new FakeSocket()
  const counted = { frames: [] as number[], tooSlow: 0 }
  const connection = new Connection(
    socket as unknown as WebSocket,
    { user, session, address: '127.0.0.1' },
    {
      frame: (bytes) => counted.frames.push(bytes),
      tooSlow: () => {
        counted.tooSlow += 1
      },
      refused: () => undefined,
    },
  )
  return { socket, connection, counted }
}
