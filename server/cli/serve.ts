// The server of `brook server` and `brook start`: in this process, or in several of their own behind one port.
import os from 'node:os'
import { runServer, type RunningServer, type ServerConfig } from '../main.ts'
import { limits } from '../protocol/limits.ts'
import type { Say } from '../stores/say.ts'
import { runWorkers } from '../workers/workers.ts'
import { portError } from './port.ts'
import { UsageError, type Given, type Option } from './verb.ts'

export const workersOption: Option = {
  type: 'string',
  value: 'N|auto',
  about: `server processes behind the port (1); auto: one for each core, ${limits.workers} at most`,
}

/** How many processes serve; 1: this one. */
export function readWorkers({ flags }: Given): number {
  const text = flags['workers']
  if (text === undefined) return 1
  if (text === 'auto') return Math.min(os.availableParallelism(), limits.workers)
  const count = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= limits.workers) return count
  throw new UsageError(`--workers takes auto or a whole number from 1 to ${limits.workers}, not "${text}"`)
}

/** Throws a PortError when the address cannot be listened on. */
export async function serve(config: ServerConfig, workers: number, say: Say): Promise<RunningServer> {
  try {
    return await (workers === 1 ? runServer(config) : runWorkers(config, workers, say))
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, config.host, config.port)
  }
}
