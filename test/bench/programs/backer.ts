// One backup, as the nightly process makes it; and the memory that it takes beyond a process that has only connected.
import os from 'node:os'
import { backUp } from '../../../server/backup/back-up.ts'
import { openPlace } from '../../../server/backup/place.ts'
import { readConfig, type MysqlAddress, type RedisAddress } from '../../../server/config.ts'
import { obey } from './obey.ts'

export interface BackedUp {
  ms: number
  rows: number
  bytes: number
  /** Resident memory in bytes: before, and at most. */
  idle: number
  peak: number
}

interface Given {
  redis: RedisAddress
  mysql: MysqlAddress
  folder: string
}

const sampleEveryMs = 20

obey(async ({ redis, mysql, folder }: Given) => {
  os.setPriority(10)
  const config = { ...readConfig({ DATA_DIR: folder }), redis, mysql }
  const run = async (): Promise<BackedUp> => {
    const idle = process.memoryUsage.rss()
    let peak = idle
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), sampleEveryMs)
    const began = performance.now()
    const options = { place: openPlace(folder), name: 'bench.backup', filesIn: 'bench.files' }
    const { rows, bytes } = await backUp(config, { ...options, passphrase: 'a passphrase of the bench' })
    clearInterval(watch)
    return { ms: performance.now() - began, rows, bytes, idle, peak }
  }
  return { run, close: async () => undefined }
})
