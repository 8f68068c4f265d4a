// The messages between the parent and its workers, over the channel between processes.
import type { Numbers } from '../metrics.ts'
import type { ServerConfig } from '../core.ts'

/** From the parent to a worker. */
export type Order =
  | { do: 'serve'; config: ServerConfig; slot: number }
  | { do: 'stop' }
  /** Asks for the metrics of this process; `ask` identifies the request. */
  | { do: 'report numbers'; ask: number }
  | { do: 'take numbers'; ask: number; all: Numbers[] }

/** From a worker to the parent. */
export type WorkerMessage =
  /** The worker receives orders. */
  | { type: 'ready' }
  | { type: 'open'; address: string }
  | { type: 'failed'; message: string; code: string | undefined }
  | { type: 'numbers'; ask: number; numbers: Numbers }
  /** A /metrics request needs the metrics of all workers; `ask` is the worker's own request number. */
  | { type: 'request numbers'; ask: number }
