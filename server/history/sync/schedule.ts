// Calls something at the times of a node-cron pattern, in UTC. Only the pattern is node-cron's: the waiting goes by a timer,
// which no step of the clock holds up, and what was missed is not made up for.
import cron from 'node-cron'

/** A longer wait looks at the clock again after this long, for the clock may step meanwhile. */
const lookAgainMs = 60_000

/** When a pattern is next due, in ms since 1970. */
export function nextRun(pattern: string): number | undefined {
  const task = cron.createTask(pattern, () => undefined, { timezone: 'UTC' })
  const next = task.getNextRuns(1)[0]?.getTime()
  void task.destroy()
  return next
}

/** The time between the next two runs of a pattern, in ms. */
export function periodOf(pattern: string): number {
  const task = cron.createTask(pattern, () => undefined, { timezone: 'UTC' })
  const [first, second] = task.getNextRuns(2)
  void task.destroy()
  return first === undefined || second === undefined ? Infinity : second.getTime() - first.getTime()
}

/** `run` is never called while its last call goes on. */
export function onSchedule(pattern: string, run: () => Promise<unknown>): { close(): void } {
  const task = cron.createTask(pattern, () => undefined, { timezone: 'UTC' })
  let timer: NodeJS.Timeout | undefined
  let isRunning = false
  const tick = (): void => {
    wait()
    if (isRunning) return
    isRunning = true
    run()
      .catch(() => undefined)
      .finally(() => (isRunning = false))
  }
  // From the clock as it is now: a time that was worked out before a step of the clock may be a day away.
  const wait = (): void => {
    const left = (task.getNextRuns(1)[0]?.getTime() ?? Infinity) - Date.now()
    timer = setTimeout(left > lookAgainMs ? wait : tick, Math.min(left, lookAgainMs))
  }
  wait()
  return {
    close: () => {
      clearTimeout(timer)
      void task.destroy()
    },
  }
}
