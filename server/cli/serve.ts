// The server of `brook server` and `brook start`: in this process, or in several worker processes behind one port.
import os from 'node:os'
import { runServer, type RunningServer, type ServerConfig } from '../main.ts'
import { serveMetrics } from '../metrics-endpoint.ts'
import type { Metrics } from '../metrics.ts'
import { limits } from '../protocol/limits.ts'
import type { Say } from '../logging/say.ts'
import { runWorkers } from '../workers/workers.ts'
import { portError } from './port.ts'
import { UsageError, type Given, type Option } from './verb.ts'

export const workersOption: Option = {
  type: 'string',
  value: 'N|auto',
  about: `server processes behind the port (1); auto: one for each core, at most ${limits.workers}`,
}

/** The number of serving processes; 1: only this one. */
export function readWorkers({ flags }: Given): number {
  const text = flags['workers']
  if (text === undefined) return 1
  if (text === 'auto') return Math.min(os.availableParallelism(), limits.workers)
  const count = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= limits.workers) return count
  throw new UsageError(`--workers takes auto or a whole number from 1 to ${limits.workers}, not "${text}"`)
}

/** The endpoint of a process without a server. @throws PortError if METRICS_PORT cannot be listened on */
export async function openMetrics(
  { host, metricsPort: port, metricsToken: token }: ServerConfig,
  metrics: Metrics,
): Promise<{ close(): Promise<void> }> {
  return serveMetrics({ host, port, token }, metrics).catch((error: unknown) => {
    throw portError(error as NodeJS.ErrnoException, host, port ?? 0, 'METRICS_PORT')
  })
}

/** `metrics`: of this process, which the server's answer includes. @throws PortError if the address cannot be listened on */
export async function serve(
  config: ServerConfig,
  { workers, say, metrics }: { workers: number; say: Say; metrics: Metrics },
): Promise<RunningServer> {
  try {
    return await (workers === 1
      ? runServer(config, undefined, metrics)
      : runWorkers(config, workers, { say, metrics }))
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, config.host, config.port)
  }
}
