// Sync in a process of its own, by the clock, or as one run over what is waiting.
import { readConfig, type MysqlAddress, type RedisAddress } from '../../../server/config.ts'
import { runSync } from '../../../server/history/run-sync.ts'
import { obey } from './obey.ts'

const say = (line: string): void => {
  if (!/^sync: \d/.test(line)) console.error(line)
}

obey(async ({ once, ...stores }: { redis: RedisAddress; mysql: MysqlAddress; once: boolean }) => {
  const config = { ...readConfig({}), ...stores }
  if (!once) return runSync(config, { say })
  // The run itself is what `run` measures: connecting, reading, writing, acknowledging, trimming, and giving the lease back.
  const run = async (): Promise<{ ms: number; rss: number[] }> => {
    const rss: number[] = [process.memoryUsage.rss()]
    const watch = setInterval(() => rss.push(process.memoryUsage.rss()), 50)
    const began = performance.now()
    await runSync(config, { once, say })
    const ms = performance.now() - began
    clearInterval(watch)
    return { ms, rss: [...rss, process.memoryUsage.rss()] }
  }
  return { run, close: () => Promise.resolve() }
})
