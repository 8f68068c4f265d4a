// The process that makes one backup: slower than whoever serves people, and gone with the server that started it.
import os from 'node:os'
import type { ReadyConfig } from '../cli/ready.ts'
import { makeNightly } from './nightly.ts'

export interface Order {
  config: ReadyConfig
  holder: string
}

/** Of 19: what people wait for goes first. */
const niceness = 10

process.once('message', ({ config, holder }: Order) => {
  makeNightly(config, holder).then(
    ({ state, why }) => process.send?.({ state, why }, () => process.exit()),
    (error: Error) => process.send?.({ state: 'failed', why: error.message }, () => process.exit(1)),
  )
})
process.once('disconnect', () => process.exit(1))
// Ctrl-C reaches the whole group: the server ends us.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
os.setPriority(niceness)
