// Lines for the person at the terminal. They go to stderr: stdout is for what was asked for.
import type { Say } from '../stores/say.ts'

const clearLine = '\r\x1b[2K'
const passEveryMs = 5_000

/** On a terminal a passing line is replaced by the next; elsewhere one comes through every 5 s. */
export function terminal(out: NodeJS.WriteStream): Say {
  let passing = false
  let passedAt = Date.now()
  return (line, kind) => {
    if (kind === undefined) {
      out.write(`${passing ? clearLine : ''}${line}\n`)
      passing = false
    } else if (out.isTTY) {
      out.write(`${clearLine}${line.slice(0, out.columns - 1)}`)
      passing = true
    } else if (Date.now() - passedAt > passEveryMs) {
      out.write(`${line}\n`)
      passedAt = Date.now()
    }
  }
}
