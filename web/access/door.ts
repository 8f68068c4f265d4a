// What somebody who is not signed in finds at the door: the workspace's name, the invite they bring, and the ways in.
import { onScopeDispose, shallowRef } from 'vue'
import type { InviteSeen, Workspace, WorkspaceSeen } from '../../server/protocol/workspace.ts'
import { ways, type Way } from '../account/way.ts'
import { waitMs } from '../wire/back-off.ts'
import { seeInvite, seeWorkspace } from '../wire/entry-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { Arrival } from './arrival.ts'

export interface Door {
  /** Undefined: not known yet. */
  workspace?: WorkspaceSeen
  invite?: InviteSeen
  /** Why the way in is narrower than somebody might expect. */
  why?: Refusal
  ways: readonly Way[]
}

/** If the server takes longer to answer, what most workspaces offer. */
const unknown: Door = { ways }
const answersWithinMs = 300

const isOver = (invite: InviteSeen | Refusal): boolean => isRefusal(invite) && invite.code === 'invite_over'

function doorOf(workspace: WorkspaceSeen, invite: InviteSeen | Refusal | undefined): Door {
  const isInvited = invite !== undefined && !isRefusal(invite)
  const isOpen = workspace.signUp === 'open' || (workspace.signUp === 'invite' && isInvited)
  const why = whyClosed(workspace, invite)
  return {
    workspace,
    ...(isInvited ? { invite } : {}),
    ...(why === undefined ? {} : { why }),
    ways: ways.filter((way) => way === 'signIn' || (isOpen && (way === 'signUp' || workspace.guests))),
  }
}

function whyClosed({ signUp }: Workspace, invite: InviteSeen | Refusal | undefined): Refusal | undefined {
  if (signUp === 'closed') return { code: 'sign_up_closed' }
  if (invite !== undefined && isRefusal(invite)) return invite
  return signUp === 'invite' && invite === undefined ? { code: 'invite_needed' } : undefined
}

export function useDoor(arrival: Arrival) {
  /** Undefined: nothing is to be drawn yet. */
  const door = shallowRef<Door>()
  let failures = 0
  let again: ReturnType<typeof setTimeout> | undefined
  let hasLeft = false

  /** Retried until the server has answered. `refused`: why somebody was not let in just now. */
  async function look(refused?: Refusal): Promise<void> {
    clearTimeout(again)
    const [workspace, invite] = await Promise.all([
      seeWorkspace(),
      arrival.by === 'invite' ? seeInvite(arrival.code) : undefined,
    ])
    if (hasLeft) return
    if (isRefusal(workspace) || (invite !== undefined && isRefusal(invite) && !isOver(invite))) {
      failures += 1
      again = setTimeout(() => void look(refused), waitMs(failures))
      return
    }
    failures = 0
    const found = doorOf(workspace, invite)
    const lostGuests = refused?.code === 'no_guests' && !found.ways.includes('guest')
    const why = found.why ?? (lostGuests ? refused : undefined)
    door.value = why === undefined ? found : { ...found, why }
  }

  const late = setTimeout(() => (door.value ??= unknown), answersWithinMs)
  onScopeDispose(() => {
    hasLeft = true
    clearTimeout(late)
    clearTimeout(again)
  })
  void look()
  return { door, look }
}
