// What somebody who is not signed in finds at the door: the workspace's name, the invite they bring, and the ways in.
import { shallowRef } from 'vue'
import type { InviteSeen, Workspace } from '../../server/protocol/workspace.ts'
import { ways, type Way } from '../account/way.ts'
import { seeInvite, seeWorkspace } from '../wire/entry-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { Arrival } from './arrival.ts'

export interface Door {
  /** Undefined: not known yet. */
  workspace?: Workspace
  invite?: InviteSeen
  /** Why the way in is narrower than somebody might expect. */
  why?: Refusal
  ways: readonly Way[]
}

/** Until the server has answered, what most workspaces offer. */
const unknown: Door = { ways }

function doorOf(workspace: Workspace, invite: InviteSeen | Refusal | undefined): Door {
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
  const door = shallowRef(unknown)
  const look = async (): Promise<void> => {
    const [workspace, invite] = await Promise.all([
      seeWorkspace(),
      arrival.by === 'invite' ? seeInvite(arrival.code) : undefined,
    ])
    if (!isRefusal(workspace)) door.value = doorOf(workspace, invite)
  }
  void look()
  return { door, look }
}
