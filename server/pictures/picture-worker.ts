// A process that reads what strangers have uploaded, one task at a time, started by picture-process.ts. It has no secrets and no
// connections, gets a tenth of the processor's time where others want it, and is the first to go when memory is short: whatever a
// picture does to its reader, it does to this process.
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { makeEmoji } from './emoji.ts'
import { drawIcon } from './icon.ts'
import { look } from './look.ts'
import { make } from './make.ts'
import type { Failure, Outcome, Task } from './tasks.ts'

os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL)
try {
  writeFileSync('/proc/self/oom_score_adj', '1000')
} catch {
  // Not on every system; it only changes who is ended first.
}

const outcomeOf = <T extends object>(result: T | Failure): Outcome<T> =>
  typeof result === 'string' ? { failure: result } : { done: result }

function done(task: Task): Promise<object | Failure> {
  switch (task.do) {
    case 'make':
      return make(task)
    case 'emoji':
      return makeEmoji(task)
    case 'icon':
      return drawIcon(task)
    case 'look':
      return look(task)
  }
}

async function run(task: Task): Promise<Outcome<object>> {
  try {
    return outcomeOf(await done(task))
  } catch {
    return { failure: 'failed' }
  }
}

process.on('message', (task: Task) => void run(task).then((outcome) => process.send?.(outcome)))
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole group of processes, and our parent ends us when it is done.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) process.on(signal, () => undefined)
