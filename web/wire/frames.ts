// A WebSocket text frame, in either direction: one or more JSON objects separated by newlines. Pure.
import type { Request } from '../../server/protocol/requests.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import { limits } from '../../server/protocol/limits.ts'
import { byteLength } from '../../server/protocol/text.ts'

/**
 * The events of a frame, in order. A line that is not a JSON object with a type, as from a newer server, is ignored.
 */
export function readFrame(text: string): ServerEvent[] {
  return text.split('\n').flatMap((line) => {
    const event = parse(line)
    return isEvent(event) ? [event] : []
  })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const isEvent = (value: unknown): value is ServerEvent =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** Requests in as few frames as the limits allow, in order. A request that alone is too large gets its own frame. */
export function writeFrames(commands: Request[]): string[] {
  const frames: string[] = []
  let lines: string[] = []
  let bytes = 0
  for (const command of commands) {
    const line = JSON.stringify(command)
    const size = byteLength(line) + 1
    if (lines.length > 0 && (lines.length === limits.frameCommands || bytes + size > limits.frameBytes)) {
      frames.push(lines.join('\n'))
      lines = []
      bytes = 0
    }
    lines.push(line)
    bytes += size
  }
  return lines.length === 0 ? frames : [...frames, lines.join('\n')]
}
