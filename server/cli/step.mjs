// One long step, shown to a person: what runs, that it is still running, and how long it took.
import { spawn } from 'node:child_process'

/** A step that failed. Its message contains the last output of the command. */
export class StepError extends Error {
  name = 'StepError'
}

const spinner = ['|', '/', '-', '\\']
const turnEveryMs = 120
const reportEveryMs = 15_000
// npm prints the error first and its manual afterwards; a compiler prints the number of errors last.
const keptLines = 12

/**
 * Runs the command quietly. On a terminal one line counts the seconds; elsewhere a line is printed every 15 s.
 * @param {string} doing
 * @param {string[]} command
 * @param {string} cwd
 */
export async function runStep(doing, command, cwd) {
  const startedAt = Date.now()
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1)
  const isTerminal = process.stderr.isTTY
  let turns = 0
  if (!isTerminal) console.error(`${doing} ...`)
  const timer = setInterval(
    () => {
      if (isTerminal) process.stderr.write(`\r${spinner[turns++ % 4]} ${doing} ... ${seconds()} s `)
      else console.error(`${doing} ... ${seconds()} s so far`)
    },
    isTerminal ? turnEveryMs : reportEveryMs,
  )
  const { code, printed } = await run(command, cwd).finally(() => clearInterval(timer))
  if (isTerminal) process.stderr.write('\r\x1b[2K')
  if (code !== 0) {
    const lines = printed.trimEnd().split('\n')
    const middle = lines.length > 2 * keptLines ? ['...'] : []
    const kept = [...lines.slice(0, keptLines), ...middle, ...lines.slice(keptLines).slice(-keptLines)]
    throw new StepError(`${doing} failed (${command.join(' ')}):\n${kept.join('\n')}`)
  }
  console.error(`${doing}: done in ${seconds()} s`)
}

/**
 * @param {string[]} command
 * @param {string} cwd
 * @returns {Promise<{ code: number | null, printed: string }>}
 */
function run([name = '', ...args], cwd) {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' }
    const child = spawn(name, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        printed += text
      })
    child.once('error', (error) => resolve({ code: -1, printed: error.message }))
    child.once('close', (code) => resolve({ code, printed }))
  })
}
