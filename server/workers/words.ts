// What the parent and its workers tell each other, over the channel between processes.
import type { Numbers } from '../metrics.ts'
import type { ServerConfig } from '../main.ts'

/** From the parent to a worker. */
export type Order =
  /** `opensFirst`: others serve already, so this one takes no connection before the log is open. */
  | { do: 'serve'; config: ServerConfig; seat: number; opensFirst: boolean }
  | { do: 'stop' }
  /** Of this process alone, for the gathering `ask`. */
  | { do: 'tell numbers'; ask: number }
  | { do: 'hear numbers'; ask: number; all: Numbers[] }

/** From a worker to the parent. */
export type Told =
  /** It hears orders. */
  | { told: 'here' }
  | { told: 'open'; address: string }
  | { told: 'failed'; message: string; code: string | undefined }
  | { told: 'numbers'; ask: number; numbers: Numbers }
  /** Somebody wants the numbers of all; `ask` is the asker's own count. */
  | { told: 'wants numbers'; ask: number }
