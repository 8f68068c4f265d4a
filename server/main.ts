// Starts and stops the server process.
import { setTimeout as pause } from 'node:timers/promises'
import { composeApp } from './app.ts'
import { openCore, type Core, type Place, type ServerConfig } from './core.ts'
import type { Feature } from './feature.ts'
import { buildHttp } from './http.ts'
import type { Metrics, Numbers } from './metrics.ts'
import { addressOf, insist } from './starting.ts'

export type { ServerConfig } from './core.ts'

export interface RunningServer {
  address: string
  close(): Promise<void>
}

export interface Server extends RunningServer {
  /** The metrics of this process alone. */
  numbers(): Promise<Numbers>
}

/**
 * A server on these stores, listening once this resolves, when it can serve. Waits for stores that are down; throws if the
 * port is taken. `place`: among others that share its port. `metrics`: of what else runs in this process.
 */
export async function runServer(config: ServerConfig, place?: Place, metrics?: Metrics): Promise<Server> {
  const core = openCore(config, place, metrics)
  const { features, ...rest } = composeApp(core)
  const end = connect(core, features)
  const http = await buildHttp({ ...core, ...rest, features })
  const close = async (): Promise<void> => {
    await http.close()
    await end()
  }
  try {
    await core.log.open()
    for (const feature of features) await insist(async () => feature.open?.(), core.onError)
    // Last: whoever connects is served, and a proxy in front of several servers takes another one until then.
    await http.listen({ host: config.host, port: config.port })
  } catch (error) {
    await close()
    throw error
  }
  if (!config.pacing)
    core.logger.warn('PACING=off: rates of sends, sign-ups, sign-ins and handshakes are lifted')
  return {
    address: addressOf(http.server.address(), config.host),
    numbers: () => core.metrics.numbers(),
    close: async () => {
      // Served as before, until whoever asks /readyz has heard of it.
      core.state.isLeaving = true
      await pause(config.drainSeconds * 1_000)
      await close()
    },
  }
}

/** Subscribes the features to the log and the bus. Returns a function that closes them and what they are built on. */
function connect(core: Core, features: readonly Feature[]): () => Promise<void> {
  core.log.subscribe(features)
  const unsubscribe = core.bus.subscribe(
    (signal) => {
      for (const feature of features) feature.onSignal?.(signal)
    },
    () => {
      for (const feature of features) feature.onReconnect?.()
    },
  )
  return async () => {
    unsubscribe()
    for (const feature of [...features].reverse()) await feature.close?.()
    await core.close()
  }
}
