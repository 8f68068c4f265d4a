// One of several server processes behind one port, started by workers.ts: serves as its parent says, and ends with it.
import { runServer, type Server } from '../main.ts'
import type { Numbers } from '../metrics.ts'
import type { Order, Told } from './words.ts'

/** The parent gathers for one second; this is for a parent that is gone or stopped. */
const gatherWithinMs = 3_000

/** A parent that is gone hears nothing, and we end with it. */
const tell = (told: Told, then: () => void = () => undefined): void => {
  process.send?.(told, undefined, undefined, then)
}

let server: Server | undefined
let ending: Promise<void> | undefined
let asks = 0
const waiting = new Map<number, (all: Numbers[]) => void>()

/** The numbers of every worker; nothing when the parent does not answer. */
function gather(): Promise<Numbers[]> {
  asks += 1
  const ask = asks
  tell({ told: 'wants numbers', ask })
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

async function serve({ config, seat, opensFirst }: Extract<Order, { do: 'serve' }>): Promise<void> {
  try {
    server = await runServer(config, { seat, opensFirst, gather })
    tell({ told: 'open', address: server.address })
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    tell({ told: 'failed', message, code }, () => process.exit(1))
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
    case 'tell numbers':
      return tell({ told: 'numbers', ask: order.ask, numbers: (await server?.numbers()) ?? [] })
    case 'hear numbers':
      return waiting.get(order.ask)?.(order.all)
  }
}

process.on('message', (order: Order) => void obey(order))
// Ctrl-C reaches the whole group of the terminal, and the parent ends us in good order. A SIGTERM may be meant for us.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void stop())
tell({ told: 'here' })
