// What a command line writes, whose reader may go away: `brook history lobby | head -4` ends quietly.

/** Nobody reads the output any more: the command ends, and that is no failure. */
export class OutputClosed extends Error {
  override name = 'OutputClosed'
}

export const isPipeClosed = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EPIPE'

/**
 * Prints lines to `out`. Once nobody reads them, it throws OutputClosed, but for a verb that serves others: that one goes on.
 * Whoever follows both streams has left when `log` is closed, so what runs long is asked to end as by a signal.
 */
export function printTo(
  { out, log }: { out: NodeJS.WriteStream; log: NodeJS.WriteStream },
  { servesOthers }: { servesOthers: boolean },
): (line: string) => void {
  let isClosed = false
  out.on('error', (error) => {
    if (!isPipeClosed(error)) throw error
    isClosed = true
  })
  log.on('error', (error) => {
    if (!isPipeClosed(error)) throw error
    if (!servesOthers && process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM')
  })
  return (line) => {
    if (!isClosed) out.write(`${line}\n`)
    else if (!servesOthers) throw new OutputClosed()
  }
}
