// Messages for the person at the terminal. They go to stderr; stdout is for the output of the verb.
import type { Say } from '../logging/say.ts'

const clearLine = '\r\x1b[2K'
const passEveryMs = 5_000

/** On a terminal a progress line is replaced by the next one; elsewhere one is printed every 5 s. */
export function terminal(out: NodeJS.WriteStream): Say {
  let passing = false
  let passedAt = Date.now()
  return (line, kind) => {
    if (kind !== 'passing') {
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
