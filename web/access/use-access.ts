// Who may come in, for administrators: the settings of the workspace and its invites, loaded once and after each change.
import { computed, shallowReactive, shallowRef } from 'vue'
import type {
  Invite,
  InviteAnswer,
  InviteBody,
  Workspace,
  WorkspaceBody,
  WorkspaceSeen,
} from '../../server/protocol/workspace.ts'
import { changeWorkspace, endInvite, listInvites, makeInvite } from '../wire/api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { useWorkspace } from './workspace.ts'

/** One that has no icon any more is told by its absence. */
const withoutIcon = ({ icon: _icon, ...kept }: WorkspaceSeen, now: Workspace): WorkspaceSeen => ({
  ...kept,
  ...now,
})

export function useAccess() {
  const kept = useWorkspace()
  /** Undefined: not known yet. */
  const invites = shallowRef<readonly Invite[]>()
  const failed = shallowReactive<{ settings?: Refusal | undefined; invites?: Refusal | undefined }>({})

  async function load(): Promise<void> {
    const [refused, list] = await Promise.all([kept.load(), listInvites()])
    failed.settings = refused
    failed.invites = isRefusal(list) ? list : undefined
    if (!isRefusal(list)) invites.value = list.invites
  }

  const change = (settings: WorkspaceBody): Promise<Refusal | undefined> => changed(changeWorkspace(settings))

  /** Takes over what the workspace is now. */
  async function changed(answer: Promise<Workspace | Refusal>): Promise<Refusal | undefined> {
    const now = await answer
    if (isRefusal(now)) return now
    if (kept.settings !== undefined) kept.settings = withoutIcon(kept.settings, now)
    return undefined
  }

  async function make(body: InviteBody): Promise<InviteAnswer | Refusal> {
    const made = await makeInvite(body)
    if (!isRefusal(made)) invites.value = [made.invite, ...(invites.value ?? [])]
    return made
  }

  /** Revoking one that is over already comes to the same. */
  async function end(id: string): Promise<Refusal | undefined> {
    const refused = await endInvite(id)
    if (refused !== undefined && isRefusal(refused) && refused.code !== 'not_found') return refused
    invites.value = invites.value?.map((invite) => (invite.id === id ? { ...invite, over: true } : invite))
    return undefined
  }

  void load()
  return { workspace: computed(() => kept.settings), invites, failed, load, change, changed, make, end }
}
