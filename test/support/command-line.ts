// Runs `brook ...` in this process, on the stores of a test: they are in its data folder like those of a running Brook.
import { main } from '../../server/cli/main.ts'
import { isHeld, takeLock } from '../../server/stores/lock.ts'
import { publishRunning } from '../../server/stores/running.ts'
import type { PrivateStores } from './stores.ts'

export interface Typed {
  code: number
  printed: string[]
  said: string[]
}

export interface CommandLine {
  type(...words: string[]): Promise<Typed>
  /** The environment that a separate process needs to use these stores. */
  env: Record<string, string>
  close(): Promise<void>
}

/** `more`: settings besides those of the stores. */
export async function commandLine(
  { folder, given }: PrivateStores,
  more: Record<string, string> = {},
): Promise<CommandLine> {
  const lock = await takeLock(folder, 'brook start')
  if (isHeld(lock)) throw new Error('these stores have a command line already')
  await publishRunning(folder, { pid: process.pid, ...given })
  const env = { DATA_DIR: folder, LOG_LEVEL: 'silent', ...more }
  return {
    env,
    type: async (...words) => {
      const printed: string[] = []
      const said: string[] = []
      const code = await main(words, {
        env: { ...process.env, ...env },
        print: (line) => void printed.push(line),
        say: (line) => void said.push(line),
      })
      return { code, printed, said }
    },
    close: () => lock.release(),
  }
}
