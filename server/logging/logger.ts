// The log of a process, on stderr: one JSON object a line with time, level, part and words; on a terminal, lines for a person.
import { pino, type DestinationStream, type Logger } from 'pino'
import { errorFacts, plainWords } from './safe.ts'
import type { Say } from './say.ts'

export type LogFormat = 'json' | 'text'

export interface LoggerOptions {
  /** As in LOG_LEVEL. */
  level: string
  /** Undefined: text on a terminal, otherwise JSON. */
  format?: LogFormat | undefined
  /** In every line: which process it is. */
  base: { process: string; worker?: number }
}

type Out = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>

export function openLogger({ level, format, base }: LoggerOptions, out: Out = process.stderr): Logger {
  const isText = (format ?? (out.isTTY ? 'text' : 'json')) === 'text'
  const options = {
    level,
    base: { ...base, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFacts },
    // Which part of Brook speaks, unless the line says so: who answers a request, or the process as a whole.
    mixin: (_facts: object, _level: number, logger: Logger) => ({
      part: 'request' in logger.bindings() ? 'http' : base.process,
    }),
  }
  return pino(options, isText ? forPeople(out) : out)
}

/** What is always in a line, and not worth a person's reading it in each. */
const known = new Set(['level', 'time', 'msg', 'process', 'pid', 'part', 'request', 'err'])

/** `21:04:05 warn  words (address 10.0.0.7): what the error says`, with the stack of an error of our own. */
function forPeople(out: Out): DestinationStream {
  return {
    write: (line) => {
      const said = JSON.parse(line) as Record<string, unknown> & {
        level: string
        time: string
        msg?: string
        err?: { stack?: string }
      }
      const facts = Object.entries(said).filter(([name]) => !known.has(name))
      const more = facts.map(([name, value]) => `${name} ${String(value)}`).join(', ')
      const words = `${said.msg ?? ''}${more === '' ? '' : ` (${more})`}`
      const trouble = said.err?.stack === undefined ? '' : `: ${said.err.stack}`
      out.write(`${said.time.slice(11, 19)} ${said.level.padEnd(5)} ${words}${trouble}\n`)
    },
  }
}

/** What a process says of itself, as lines of a log; a line that begins with `sync: ` is of that part. Progress at most every five seconds. */
export function sayTo(logger: Pick<Logger, 'info' | 'warn' | 'error'>, now = Date.now): Say {
  let passedAt = now()
  return (line, kind) => {
    if (kind === 'passing' && now() - passedAt < passEveryMs) return
    if (kind === 'passing') passedAt = now()
    const [, part, words] = /^(sync|bots): (.*)$/s.exec(line) ?? []
    const level = kind === undefined || kind === 'passing' ? 'info' : kind
    if (part === undefined) logger[level](plainWords(line))
    else logger[level]({ part }, plainWords(words ?? ''))
  }
}

const passEveryMs = 5_000
