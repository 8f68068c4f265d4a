// What guests, and people who have only just joined, may not do. In this process's memory: a message asks no store for it. MySQL is
// asked now and then, and at once when the bus says that the workspace has changed.
import type { Bus } from '../bus.ts'
import { limits } from '../protocol/limits.ts'
import type { Actor } from '../protocol/people.ts'
import { careful, newcomerRights, type NewcomerRight, type Newcomers } from '../protocol/newcomers.ts'
import { Repeated } from '../repeated.ts'
import type { WorkspaceSettings } from './workspace.ts'

export interface NewcomerRulesDeps {
  settings: Pick<WorkspaceSettings, 'read'>
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
  now?: () => number
}

export class NewcomerRules {
  readonly #deps: NewcomerRulesDeps
  #rules: Newcomers = careful
  #lacking: readonly NewcomerRight[] = newcomerRights
  #asking: Repeated | undefined

  constructor(deps: NewcomerRulesDeps) {
    this.#deps = deps
  }

  /** What somebody may not do; undefined: they are no newcomer, or may do everything. */
  lackedBy({ guest, admin, bot, since }: Actor): readonly NewcomerRight[] | undefined {
    if (admin || bot === true || this.#lacking.length === 0) return undefined
    const { now = Date.now } = this.#deps
    const isNew = since !== undefined && now() < since + this.#rules.newForMs
    return guest || isNew ? this.#lacking : undefined
  }

  lacks(user: Actor, right: NewcomerRight): boolean {
    return this.lackedBy(user)?.includes(right) === true
  }

  /** @throws a lost connection */
  async open(): Promise<void> {
    await this.#read()
    this.#asking ??= new Repeated({
      everyMs: limits.newcomersLookMs,
      run: () => this.#read(),
      onError: (error) => this.#deps.onError(error, 'reading what newcomers may do'),
    })
  }

  /** The settings were changed here: they hold when this resolves, and on the other servers a moment later. */
  async changed(): Promise<void> {
    this.#deps.bus.publish({ kind: 'workspace' })
    await this.#read()
  }

  soon(): void {
    this.#asking?.soon()
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  async #read(): Promise<void> {
    this.#rules = (await this.#deps.settings.read()).newcomers
    this.#lacking = lackingIn(this.#rules)
  }
}

const lackingIn = (rules: Newcomers): NewcomerRight[] => newcomerRights.filter((right) => !rules[right])
