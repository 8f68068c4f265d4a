// Ends a connection that says nothing, or answers out of step, so that ioredis makes it anew. A socket can stay open for ever
// while nothing comes through it, and a subscriber would never miss an answer: so every connection is pinged.
import { Command, type Redis } from 'ioredis'
import { limits } from '../protocol/limits.ts'

const { lookEveryMs, readyMs } = limits.silence

/**
 * `silentMs`: how long a ready connection may owe an answer without a single byte. One that is not ready yet has `readyMs`.
 * Counted in looks, not by the clock: neither a process that stood still itself nor a clock that steps ends a connection.
 */
export function endWhenSilent(redis: Redis, silentMs: number): void {
  let heard: { stream: Redis['stream']; bytes: number } | undefined
  let quietLooks = 0
  let pings = 0
  const look = (): void => {
    const { status, stream } = redis
    if (status !== 'ready' && status !== 'connect') return
    // Below the reply cutter: half a reply is no silence.
    const bytes = stream.bytesRead
    quietLooks = heard?.stream === stream && heard.bytes === bytes ? quietLooks + 1 : 0
    heard = { stream, bytes }
    const quietMs = quietLooks * lookEveryMs
    if (quietMs > (status === 'ready' ? silentMs : readyMs))
      stream.destroy(new Error(`Redis has said nothing for ${quietMs} ms`))
    else if (status === 'ready') ping(redis, `ping ${++pings}`)
  }
  const timer = setInterval(look, lookEveryMs)
  timer.unref()
  redis.on('end', () => clearInterval(timer))
}

/**
 * Trap: where something between us and Redis has lost an answer and goes on, every later one belongs to the command before,
 * for ever. Every command may then run out of time before it gets its wrong answer; so a ping has no limit of its own.
 */
function ping(redis: Redis, word: string): void {
  const { stream } = redis
  const command = new Command('ping', [word], { replyEncoding: 'utf8' })
  command.setTimeout = () => undefined
  const answered = redis.sendCommand(command) as Promise<unknown>
  answered.then(
    (answer) => {
      // A subscriber of RESP 2 is answered in two words.
      if (!String(answer).endsWith(word)) stream.destroy(new Error('Redis answers out of step'))
    },
    () => undefined,
  )
}
