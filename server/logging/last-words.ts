// What Node itself would print of a process: its warnings, and the bug that ends it. They are lines of the log like any other.
import type { Logger } from 'pino'

/** For a process that runs long; once. */
export function logLastWords(logger: Pick<Logger, 'warn' | 'fatal'>): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => logger.warn({ err: warning }, 'a warning of Node'))
  // A rejection that nobody handles comes here as well. What the process was doing is unknown: it ends, as by itself.
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'a bug has ended the process')
    process.exit(1)
  })
}
