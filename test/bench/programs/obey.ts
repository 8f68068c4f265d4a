// What a measured process does on the bench's messages: start, profile, measure, stop. It exits with the bench.
import { writeFileSync } from 'node:fs'
import { Session, type Profiler } from 'node:inspector/promises'

/** `run`: what it is asked to do while it is there; its answer is told. */
export interface Obedient {
  told?: unknown
  run?: (work: never) => Promise<unknown>
  close: () => Promise<void>
}

export type Order =
  | { do: 'start'; given: unknown }
  | { do: 'run'; work: unknown }
  | { do: 'profile' }
  /** Ends the profile and saves it in a file that Chromium and VS Code open. */
  | { do: 'keep profile'; file: string }
  | { do: 'stop' }

export function obey<Given>(start: (given: Given) => Promise<Obedient>): void {
  let obedient: Obedient | undefined
  let session: Session | undefined
  const act = async (order: Order): Promise<unknown> => {
    switch (order.do) {
      case 'start':
        obedient = await start(order.given as Given)
        return obedient.told
      case 'run':
        return obedient?.run?.(order.work as never)
      case 'profile':
        session = new Session()
        session.connect()
        await session.post('Profiler.enable')
        await session.post('Profiler.setSamplingInterval', { interval: 250 })
        await session.post('Profiler.start')
        return undefined
      case 'keep profile': {
        const { profile } = (await session?.post('Profiler.stop')) as { profile: Profiler.Profile }
        writeFileSync(order.file, JSON.stringify(profile))
        return undefined
      }
      case 'stop':
        await obedient?.close()
        return process.disconnect()
    }
  }
  process.once('disconnect', () => process.exit())
  process.on('message', (order: Order) => {
    act(order).then(
      (done) => process.connected && process.send?.({ done }),
      (error: unknown) => process.send?.({ error: (error as Error).stack ?? String(error) }),
    )
  })
}
