// One of several server processes behind one port, started by workers.ts: serves with its parent's config, and exits with it.
import { logLastWords } from '../logging/last-words.ts'
import { openLogger } from '../logging/logger.ts'
import { runServer, type Server } from '../main.ts'
import type { Numbers } from '../metrics.ts'
import type { Order, WorkerMessage } from './messages.ts'

/** The parent collects for one second; this covers a parent that is gone or stopped. */
const gatherWithinMs = 3_000

/** Does nothing if the parent is gone; we exit with it. */
const send = (message: WorkerMessage, then: () => void = () => undefined): void => {
  process.send?.(message, undefined, undefined, then)
}

let server: Server | undefined
let ending: Promise<void> | undefined
let asks = 0
const waiting = new Map<number, (all: Numbers[]) => void>()

/** The metrics of every worker; empty if the parent does not answer. */
function gather(): Promise<Numbers[]> {
  asks += 1
  const ask = asks
  send({ type: 'request numbers', ask })
  return new Promise((resolve) => {
    const end = (all: Numbers[]): void => {
      clearTimeout(timer)
      waiting.delete(ask)
      resolve(all)
    }
    const timer = setTimeout(() => end([]), gatherWithinMs)
    waiting.set(ask, end)
  })
}

async function serve({ config, slot }: Extract<Order, { do: 'serve' }>): Promise<void> {
  const { logLevel: level, logFormat: format } = config
  logLastWords(openLogger({ level, format, base: { process: 'server', worker: slot } }))
  try {
    server = await runServer(config, { worker: slot, gather })
    send({ type: 'open', address: server.address })
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    send({ type: 'failed', message, code }, () => process.exit(1))
  }
}

function stop(): Promise<void> {
  ending ??= (server?.close() ?? Promise.resolve()).finally(() => process.exit())
  return ending
}

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'serve':
      return serve(order)
    case 'stop':
      return stop()
    case 'report numbers':
      return send({ type: 'numbers', ask: order.ask, numbers: (await server?.numbers()) ?? [] })
    case 'take numbers':
      return waiting.get(order.ask)?.(order.all)
  }
}

process.on('message', (order: Order) => void obey(order))
// Ctrl-C and a terminal that closes reach the whole process group, and the parent stops us in order. A SIGTERM may be meant
// for us alone.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined)
process.on('SIGTERM', () => void stop())
send({ type: 'ready' })
