// Runs one external command to its end.
import { spawn } from 'node:child_process'
import { StoreError } from './programs.ts'
import type { Say } from '../logging/say.ts'

/** Runs a command and returns its output. Its lines are shown as progress; the last ones are the error message. */
export function run(
  command: string,
  args: string[],
  { say, cwd }: { say?: Say; cwd?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      say?.(text.trim().split('\n').at(-1) ?? '', 'passing')
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) return resolve(printed)
      const words = errors.trim().split('\n').slice(-2).join(' ')
      reject(new StoreError(`${command} failed with exit code ${code}: ${words}`))
    })
  })
}
