// What a browser sends, prepared in advance: the upgrade request, and masked text frames (RFC 6455, 5.2).
import { randomBytes } from 'node:crypto'
import { newCid } from '../../../server/protocol/cid.ts'

/** How a server's events and requests are written in a text frame: bare, or as Socket.IO's event `e`. */
export type Dialect = 'bare' | 'socket.io'

const paths = { bare: '/api/ws', 'socket.io': '/socket.io/?EIO=4&transport=websocket' }
const before = '42["e",'

/** A request written in a dialect. */
export const spoken = (dialect: Dialect, json: string): string =>
  dialect === 'bare' ? json : `${before}${json}]`

/** The position of an event's JSON within a line of a dialect: bytes before and after it. */
export const margins = {
  bare: { head: 0, tail: 0 },
  'socket.io': { head: before.length, tail: 1 },
} as const

export function upgradeRequest(port: number, cookie: string, dialect: Dialect): string {
  return [
    `GET ${paths[dialect]} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(cookie === '' ? [] : [`Cookie: ${cookie}`]),
    '\r\n',
  ].join('\r\n')
}

const textOpcode = 0x81
const pongOpcode = 0x8a

export const textFrame = (text: string): Buffer => masked(textOpcode, Buffer.from(text))

export const pongFrame = (payload: Buffer): Buffer => masked(pongOpcode, payload)

/** A real mask of four random bytes: with zeros the server would have less work. */
function masked(opcode: number, payload: Buffer): Buffer {
  const size = payload.byteLength
  const head = size < 126 ? 2 : 4
  const frame = Buffer.alloc(head + 4 + size)
  frame[0] = opcode
  frame[1] = 0x80 | (size < 126 ? size : 126)
  if (size >= 126) frame.writeUInt16BE(size, 2)
  const mask = randomBytes(4)
  mask.copy(frame, head)
  for (let i = 0; i < size; i += 1) frame[head + 4 + i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0)
  return frame
}

/** A text of some 100 bytes: its number first, two scripts and an emoji. */
const words = 'the room is a log, every entry has its number, and nobody waits for a slow reader: 你好 👋'

/** What the messages are like. `naming`: each names one of so many guests in turn; 0: none does. */
export interface Wording {
  dialect: Dialect
  naming: number
}

/** A message with its number in the text and at the end of its cid, so that the echo identifies it. */
export function sendFrame(room: string, message: number, { dialect, naming }: Wording): Buffer {
  const cid = newCid().slice(0, -12) + message.toString(16).padStart(12, '0')
  const name = naming === 0 ? '' : `@guest ${1 + (message % naming)}, `
  const text = `${String(message).padStart(8, '0')} ${name}${words}`
  return textFrame(spoken(dialect, JSON.stringify({ type: 'send', room, cid, text })))
}

export const messageOfText = (text: string): number => Number(text.slice(0, 8))

export const messageOfCid = (cid: string): number => Number.parseInt(cid.slice(-12), 16)
