// What lets somebody new in: the openness of the workspace, an invite, or the link of an owner.
import { Refused } from '../answer.ts'
import type { Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Workspace } from '../protocol/workspace.ts'
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
  /** They sign in by the identity provider: with no password, and as no guest. */
  isProvided?: true
  refuse(isGuest: boolean): Promise<Refusal | undefined>
  leadsTo(tx: Queryable): Promise<Entrance>
  /** As the last statement of the transaction. @throws Refused, if it lets nobody in any more */
  use(tx: Queryable, person: { id: string; guest: boolean }): Promise<void>
}

interface PassDeps {
  settings: Pick<WorkspaceSettings, 'read'>
  invites: Pick<Invites, 'isOpen' | 'roomsOf' | 'use'>
  owners: Pick<OwnerLinks, 'isGood' | 'use'>
}

const anybody: Pass = {
  refuse: async () => undefined,
  leadsTo: async () => ({ rooms: [], admin: false }),
  use: async () => undefined,
}

const over: Refusal = { code: 'invite_over' }

export class Passes {
  readonly #deps: PassDeps

  constructor(deps: PassDeps) {
    this.#deps = deps
  }

  /** Of whoever opens Brook, perhaps by an invite. */
  visitor(code: string | undefined): Pass {
    const { settings, invites } = this.#deps
    return {
      refuse: async (isGuest) => {
        const refusal = refuseEntry(await settings.read(), { isGuest, isInvited: code !== undefined })
        if (refusal !== undefined || code === undefined) return refusal
        return (await invites.isOpen(code)) ? undefined : over
      },
      leadsTo: async (tx) => ({
        rooms: code === undefined ? [] : await invites.roomsOf(tx, code),
        admin: false,
      }),
      use: async (tx, { id, guest }) => {
        const refusal = refuseEntry(await settings.read(tx), {
          isGuest: guest,
          isInvited: code !== undefined,
        })
        if (refusal !== undefined) throw new Refused(refusal)
        if (code !== undefined && !(await invites.use(tx, code, id))) throw new Refused(over)
      },
    }
  }

  /**
   * Of whoever the identity provider has signed in. `isAllowed`: they come in however closed it is; otherwise as any visitor.
   * `connect`: in the transaction that makes the person.
   */
  provided(
    code: string | undefined,
    { isAllowed, connect }: { isAllowed: boolean; connect: (tx: Queryable, userId: string) => Promise<void> },
  ): Pass {
    const visitor = isAllowed ? anybody : this.visitor(code)
    return {
      ...visitor,
      isProvided: true,
      use: async (tx, person) => {
        await visitor.use(tx, person)
        await connect(tx, person.id)
      },
    }
  }

  /** Of whoever has the link that Brook has given to its owner: they become an administrator, however closed it is. */
  owner(code: string): Pass {
    const { owners } = this.#deps
    return {
      refuse: async () => ((await owners.isGood(code)) ? undefined : over),
      leadsTo: async () => ({ rooms: [], admin: true }),
      use: async (tx) => {
        if (!(await owners.use(tx, code))) throw new Refused(over)
      },
    }
  }
}

function refuseEntry(
  { signUp, guests }: Workspace,
  { isGuest, isInvited }: { isGuest: boolean; isInvited: boolean },
): Refusal | undefined {
  if (signUp === 'closed') return { code: 'sign_up_closed' }
  if (isGuest && !guests) return { code: 'no_guests' }
  return signUp === 'invite' && !isInvited ? { code: 'invite_needed' } : undefined
}
