// Frames of a socket, as somebody of the stage sends them: what each is answered.
import { WebSocket } from 'ws'
import { newCid } from '../../server/protocol/cid.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import { requests } from '../../server/protocol/requests.ts'
import type { Stage, StandingName } from './stage.ts'
import { until } from './until.ts'

/** Those that are about a room; `watch` and `idle` may everybody who is connected. */
export type FrameName = Exclude<keyof typeof requests, 'watch' | 'idle'>
export const frameNames = (Object.keys(requests) as (keyof typeof requests)[]).filter(
  (name): name is FrameName => name !== 'watch' && name !== 'idle',
)

/** A frame without its type, room and cid. */
const rest = (type: FrameName, { message }: { message: number; poll: number }, room: string): object => {
  switch (type) {
    case 'resume':
      return { rooms: { [room]: 0 } }
    case 'send':
      return { text: 'hello' }
    case 'edit':
      return { seq: message, text: 'hello again' }
    case 'delete':
      return { seq: message }
    case 'react':
      return { seq: message, emoji: '👍', on: true }
    case 'pin':
      return { seq: message, on: true }
    case 'read':
      return { seq: 1 }
    case 'typing':
      return {}
    case 'command':
      return { name: 'poll', args: 'Tea? | yes | no' }
  }
}

export class FrameSender {
  readonly heard: ServerEvent[] = []
  readonly #stage: Stage
  readonly #socket: WebSocket

  private constructor(stage: Stage, socket: WebSocket) {
    this.#stage = stage
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      for (const line of data.toString().split('\n')) this.heard.push(JSON.parse(line) as ServerEvent)
    })
  }

  /** Or the code with which the upgrade is refused. */
  static async open(stage: Stage, who: StandingName): Promise<FrameSender | string> {
    const socket = new WebSocket(`${stage.address.replace('http', 'ws')}/api/ws`, {
      headers: { origin: stage.address, ...stage.headersOf(who) },
    })
    const sender = new FrameSender(stage, socket)
    const refused = await new Promise<string | undefined>((resolve, reject) => {
      socket.on('open', () => resolve(undefined))
      socket.on('error', reject)
      socket.on('unexpected-response', (_request, response) => {
        response.on('data', (bytes: Buffer) =>
          resolve((JSON.parse(bytes.toString()) as { error: { code: string } }).error.code),
        )
      })
    })
    if (refused !== undefined) return refused
    await until(() => sender.heard.some(({ type }) => type === 'welcome'))
    return sender
  }

  close(): void {
    this.#socket.terminate()
  }

  /** `+`: it was done. A frame that is dropped silently is `nothing`. */
  async ask(type: FrameName, room: string): Promise<string> {
    const from = this.heard.length
    const cid = newCid()
    const said = this.#stage.said.get(room) ?? { message: 1, poll: 1 }
    this.#send({
      type,
      ...(type === 'resume' ? {} : { room }),
      ...rest(type, said, room),
      ...cidOf(type, cid),
    })
    if (type === 'typing') return 'nothing'
    // Answered after everything that was sent before it, if nothing else is.
    const last = newCid()
    if (type === 'resume') this.#send({ type: 'send', room: '999999', cid: last, text: 'hello' })
    const answer = await until(
      () => this.heard.slice(from).find((event) => isAnswer(event, { type, room, cid, last })),
      Boolean,
    )
    if (type === 'resume')
      return this.heard.slice(from).some((event) => isEntry(event, room)) ? '+' : 'nothing'
    return answer?.type === 'error' ? answer.code : '+'
  }

  /** Whether somebody else's typing has come here. */
  hasHeardTyping(userId: string | undefined, room: string): boolean {
    return this.heard.some(
      (event) => event.type === 'typing' && event.user.id === userId && event.room === room,
    )
  }

  #send(frame: object): void {
    this.#socket.send(JSON.stringify(frame))
  }
}

const cidOf = (type: FrameName, cid: string): { cid?: string } =>
  type === 'resume' || type === 'typing' || type === 'read' ? {} : { cid }

const isEntry = (event: ServerEvent, room: string): boolean =>
  (event.type === 'message' || event.type === 'gap') && event.room === room

function isAnswer(
  event: ServerEvent,
  { type, room, cid, last }: { type: FrameName; room: string; cid: string; last: string },
): boolean {
  if (type === 'read')
    return (
      (event.type === 'read' || (event.type === 'error' && event.cid === undefined)) && event.room === room
    )
  const named = type === 'resume' ? last : cid
  return 'cid' in event && event.cid === named && ['ack', 'error', 'note'].includes(event.type)
}
