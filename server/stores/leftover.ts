// A store that a killed brook left running: found by its pid file, identified by its command line, stopped before the
// next start.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Recipe } from './child.ts'
import { StoreError } from './programs.ts'
import type { Say } from '../logging/say.ts'

const lookEveryMs = 20

/** Stops the leftover of this recipe, if any: SIGTERM, a wait, SIGKILL. Another program with its pid is left alone. */
export async function endLeftover(recipe: Recipe, say: Say, deadlineMs: number): Promise<void> {
  const pid = Number(readIfThere(recipe.pidFile).trim())
  if (!Number.isInteger(pid) || pid <= 1 || !isOurs(pid, recipe)) return
  say(`Stopping the ${recipe.name} that an earlier brook left running (process ${pid})`)
  signal(pid, 'SIGTERM')
  if (!(await isGone(pid, recipe, deadlineMs))) signal(pid, 'SIGKILL')
  if (!(await isGone(pid, recipe, deadlineMs)))
    throw new StoreError(`${recipe.name} of an earlier brook (process ${pid}) cannot be stopped.`)
  rmSync(recipe.pidFile, { force: true })
}

async function isGone(pid: number, recipe: Recipe, deadlineMs: number): Promise<boolean> {
  const until = Date.now() + deadlineMs
  while (isOurs(pid, recipe)) {
    if (Date.now() > until) return false
    await pause(lookEveryMs)
  }
  return true
}

const isOurs = (pid: number, recipe: Recipe): boolean => commandLine(pid).includes(recipe.mark)

/** The command line of a running process, split into arguments; empty for a zombie or no process. */
export function commandLine(pid: number): string[] {
  if (existsSync('/proc/self/cmdline')) return readIfThere(`/proc/${pid}/cmdline`).split('\0')
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(' ')
  } catch {
    return []
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
