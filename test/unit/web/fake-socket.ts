// A WebSocket whose other end is the test.
import type { ServerEvent } from '../../../server/protocol/events.ts'

export class FakeSocket {
  static readonly OPEN = 1
  /** All that were created, the newest last. */
  static made: FakeSocket[] = []
  readyState = 0
  sent: string[] = []
  onmessage: ((message: { data: string }) => void) | undefined
  onclose: ((close: { code: number }) => void) | undefined
  readonly url: string

  constructor(url: string) {
    this.url = url
    FakeSocket.made.push(this)
  }

  static get newest(): FakeSocket {
    const newest = FakeSocket.made.at(-1)
    if (newest === undefined) throw new Error('no socket was made')
    return newest
  }

  send(frame: string): void {
    this.sent.push(frame)
  }

  close(): void {
    this.readyState = 3
  }

  /** The server sends these in one frame. */
  says(...events: ServerEvent[]): void {
    this.readyState = FakeSocket.OPEN
    this.onmessage?.({ data: events.map((event) => JSON.stringify(event)).join('\n') })
  }

  /** The connection ends. */
  drops(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }

  /** What this side has sent, one by one. */
  get said(): { type: string }[] {
    return this.sent.flatMap((frame) => frame.split('\n').map((line) => JSON.parse(line) as { type: string }))
  }
}
