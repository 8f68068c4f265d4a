// How long passes of this process's event loop take, in CPU time of its thread, so that other work on the machine does not
// count. Linux only (proc(5), schedstat).
import { readFileSync } from 'node:fs'

const tickMs = 1

const cpuMs = (): number => Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6

/** Returns a function that returns the CPU ms between two ticks, of all since it was called last that are over 2 ms. */
export function watchHoldUps(): () => number[] {
  let long: number[] = []
  let last = cpuMs()
  const look = (): void => {
    const now = cpuMs()
    if (now - last > 2) long.push(now - last)
    last = now
  }
  setInterval(look, tickMs).unref()
  return () => {
    look()
    const found = long
    long = []
    return found
  }
}
