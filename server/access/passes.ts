// What lets somebody new in: the openness of the workspace, an invite, or the link of an owner.
import { Refused } from '../answer.ts'
import type { Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Invites } from './invites.ts'
import type { OwnerLinks } from './owner-links.ts'
import type { WorkspaceSettings } from './workspace.ts'

/** What somebody is from their first moment on. */
export interface Entrance {
  /** Rooms that they are in besides the default one. */
  rooms: readonly string[]
  admin: boolean
}

/** Asked twice: before the costly work, and in the transaction that makes the person. */
export interface Pass {
  refuse(isGuest: boolean): Promise<Refusal | undefined>
  /** @throws Refused, if it lets nobody in any more */
  use(tx: Queryable, userId: string): Promise<Entrance>
}

export class Passes {
  readonly #settings: Pick<WorkspaceSettings, 'read'>
  readonly #invites: Pick<Invites, 'look' | 'use'>
  readonly #owners: Pick<OwnerLinks, 'isGood' | 'use'>

  constructor(deps: {
    settings: Pick<WorkspaceSettings, 'read'>
    invites: Pick<Invites, 'look' | 'use'>
    owners: Pick<OwnerLinks, 'isGood' | 'use'>
  }) {
    this.#settings = deps.settings
    this.#invites = deps.invites
    this.#owners = deps.owners
  }

  /** Of whoever opens Brook, perhaps by an invite. */
  visitor(code: string | undefined): Pass {
    return {
      refuse: async (isGuest) => {
        const { signUp, guests } = await this.#settings.read()
        if (signUp === 'closed') return { code: 'sign_up_closed' }
        if (isGuest && !guests) return { code: 'no_guests' }
        if (code === undefined) return signUp === 'invite' ? { code: 'invite_needed' } : undefined
        return (await this.#invites.look(code)) === undefined ? { code: 'invite_over' } : undefined
      },
      use: async (tx, userId) => {
        if (code === undefined) return { rooms: [], admin: false }
        const invite = await this.#invites.use(tx, code, userId)
        if (invite === undefined) throw new Refused({ code: 'invite_over' })
        return { ...invite, admin: false }
      },
    }
  }

  /** Of whoever has the link that Brook has given to its owner: they become an administrator, however closed it is. */
  owner(code: string): Pass {
    return {
      refuse: async () => ((await this.#owners.isGood(code)) ? undefined : { code: 'invite_over' }),
      use: async (tx) => {
        if (!(await this.#owners.use(tx, code))) throw new Refused({ code: 'invite_over' })
        return { rooms: [], admin: true }
      },
    }
  }
}
