// Everything that reads what people upload goes through here: so many tasks at once, in processes of their own, the people in
// turn. Nothing of it is done in the server's own process: others' messages never wait for a picture.
import { FairGate, type Leave } from '../channel/fair-gate.ts'
import { pictureLimits } from '../protocol/picture-limits.ts'
import { PictureProcess } from './picture-process.ts'
import type {
  EmojiTask,
  Failure,
  IconTask,
  Looked,
  LookTask,
  Made,
  MadeEmoji,
  MadeIcon,
  MakeTask,
  Outcome,
  Tasks,
} from './tasks.ts'

const { atOnce, waiting, idleMs } = pictureLimits

/** `person`: whose turn a task takes. */
export interface Pictures {
  make(person: string, task: Omit<MakeTask, 'do'>, signal?: AbortSignal): Promise<Outcome<Made>>
  emoji(person: string, task: Omit<EmojiTask, 'do'>, signal?: AbortSignal): Promise<Outcome<MadeEmoji>>
  icon(person: string, task: Omit<IconTask, 'do'>, signal?: AbortSignal): Promise<Outcome<MadeIcon>>
  look(person: string, task: Omit<LookTask, 'do'>, signal?: AbortSignal): Promise<Outcome<Looked>>
  close(): void
}

export interface PictureWatch {
  /** Seconds of one task, without its waiting. */
  onTask: (name: keyof Tasks, seconds: number) => void
  onFailure: (why: Failure) => void
}

export function openPictures(
  { onTask, onFailure }: PictureWatch,
  start: () => PictureProcess = () => new PictureProcess(),
): Pictures {
  const processes = new Processes(start)
  const gate = new FairGate({ atOnce, ofOne: atOnce, waiting: waiting.ofOne })
  let held = 0

  async function enter(person: string, signal: AbortSignal | undefined): Promise<Leave | undefined> {
    if (held >= atOnce + waiting.all) return undefined
    held += 1
    try {
      return await gate.enter(person, signal)
    } finally {
      held -= 1
    }
  }

  const fail = (failure: Failure): { failure: Failure } => {
    onFailure(failure)
    return { failure }
  }

  async function run<Name extends keyof Tasks>(
    person: string,
    task: Tasks[Name]['task'] & { do: Name },
    signal: AbortSignal | undefined,
  ): Promise<Outcome<Tasks[Name]['done']>> {
    const leave = await enter(person, signal)
    if (leave === undefined) return fail('busy')
    const began = performance.now()
    try {
      const outcome = await processes.run<Name>(task)
      return 'failure' in outcome ? fail(outcome.failure) : outcome
    } finally {
      leave()
      onTask(task.do, (performance.now() - began) / 1_000)
    }
  }

  return {
    make: (person, task, signal) => run<'make'>(person, { do: 'make', ...task }, signal),
    emoji: (person, task, signal) => run<'emoji'>(person, { do: 'emoji', ...task }, signal),
    icon: (person, task, signal) => run<'icon'>(person, { do: 'icon', ...task }, signal),
    look: (person, task, signal) => run<'look'>(person, { do: 'look', ...task }, signal),
    close: () => processes.close(),
  }
}

/** Started when they are needed, and ended when they have had nothing to do for a while. */
class Processes {
  readonly #start: () => PictureProcess
  readonly #all = new Set<PictureProcess>()
  readonly #idle: PictureProcess[] = []
  #resting: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(start: () => PictureProcess) {
    this.#start = start
  }

  async run<Name extends keyof Tasks>(task: Tasks[Name]['task']): Promise<Outcome<Tasks[Name]['done']>> {
    const { outcome, hasDied } = await this.#once<Name>(task)
    // It need not have been the task: where memory is short, this process is the first that the system ends. The second time, it was.
    return hasDied && !this.#isClosed ? (await this.#once<Name>(task)).outcome : outcome
  }

  async #once<Name extends keyof Tasks>(
    task: Tasks[Name]['task'],
  ): Promise<{ outcome: Outcome<Tasks[Name]['done']>; hasDied: boolean }> {
    if (this.#isClosed) return { outcome: { failure: 'busy' }, hasDied: false }
    clearTimeout(this.#resting)
    const one = this.#take()
    const outcome = await one.run<Name>(task)
    this.#giveBack(one)
    return { outcome, hasDied: one.hasDied }
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#resting)
    for (const one of this.#all) one.end()
  }

  /** The one that was used last: another one may come to rest. */
  #take(): PictureProcess {
    for (let one = this.#idle.pop(); one !== undefined; one = this.#idle.pop()) {
      if (one.isUsable) return one
      this.#end(one)
    }
    const one = this.#start()
    this.#all.add(one)
    return one
  }

  #giveBack(one: PictureProcess): void {
    if (one.isUsable && !this.#isClosed) this.#idle.push(one)
    else this.#end(one)
    if (this.#idle.length < this.#all.size || this.#isClosed) return
    this.#resting = setTimeout(() => this.#idle.splice(0).forEach((idle) => this.#end(idle)), idleMs).unref()
  }

  #end(one: PictureProcess): void {
    one.end()
    this.#all.delete(one)
  }
}
