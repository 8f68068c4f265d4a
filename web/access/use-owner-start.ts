// What an owner fills in, and what is made of it: their account, the workspace, and a link to share. Each step is done
// once: after a failure the next attempt goes on from there.
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { limits } from '../../server/protocol/limits.ts'
import { charsIn } from '../../server/protocol/names.ts'
import { noChoice, unsetName } from '../../server/protocol/workspace-icon.ts'
import type { Invite } from '../../server/protocol/workspace.ts'
import { judgeName, passwordRoom } from '../account/name-rule.ts'
import { useSession } from '../account/session.ts'
import { changeWorkspace, makeInvite } from '../wire/api.ts'
import { isRefusal, type Refusal, type RefusalCode } from '../wire/refusal.ts'
import { sayRefusal } from '../words/refused.ts'
import { t } from '../words/words.ts'
import { listed, useDraft, type WorkspaceDraft } from './use-draft.ts'
import { useWorkspace } from './workspace.ts'

export type OwnerField = 'workspace' | 'icon' | 'domains' | 'name' | 'password'

/** What an owner begins with. */
const begun: WorkspaceDraft = { name: '', icon: noChoice, signUp: 'invite', guests: false, askToJoin: false }
const linkLastsMs = 30 * 86_400_000

/** Refusals that are shown at a field. */
const fieldOf: Partial<Record<RefusalCode, OwnerField>> = {
  bad_workspace_name: 'workspace',
  bad_workspace_icon: 'icon',
  bad_mail_domain: 'domains',
  name_taken: 'name',
  name_alike: 'name',
  bad_name: 'name',
  misleading_name: 'name',
  bad_password: 'password',
  common_password: 'password',
}
const sayMissing = (field: OwnerField): string =>
  field === 'password'
    ? t('entry.passwordShort', { n: limits.passwordChars.min })
    : t(field === 'name' ? 'entry.nameEmpty' : 'access.nameEmpty')

export function useOwnerStart(code: string) {
  const session = useSession()
  const kept = useWorkspace()
  const { draft, changes } = useDraft(() => kept.settings)
  const wasSet = computed(() => kept.settings !== undefined && kept.settings.name !== unsetName)
  watch(
    () => kept.settings,
    (now, before) => now && !before && !wasSet.value && Object.assign(draft, begun),
    { immediate: true },
  )
  const person = reactive({ name: '', password: '' })
  /** An administrator is signed in: made just now, or before a reload. */
  const hasAccount = computed(() => session.user?.admin === true)
  const isKnown = computed(
    () => kept.settings !== undefined && (session.status === 'in' || session.status === 'out'),
  )

  const busy = ref(false)
  const isReady = ref(false)
  const invite = shallowRef<Invite>()
  const missing = ref<OwnerField>()
  const refusal = shallowRef<Refusal>()
  watch([draft, person], () => ([missing.value, refusal.value] = [undefined, undefined]))
  const workspaceLeft = computed(() => limits.roomNameChars - charsIn(draft.name))
  const passwordLeft = computed(() => passwordRoom(person.password).left)

  const error = computed((): { at: OwnerField | 'form'; words: string } | undefined => {
    if (missing.value !== undefined) return { at: missing.value, words: sayMissing(missing.value) }
    const why = refusal.value
    if (why === undefined) return undefined
    const words = why.code === 'invite_over' ? t('access.ownerOver') : sayRefusal(why)
    return { at: fieldOf[why.code] ?? 'form', words }
  })

  function firstMissing(): OwnerField | undefined {
    if (draft.name.trim() === '' || workspaceLeft.value < 0) return 'workspace'
    if (hasAccount.value) return undefined
    if (judgeName(person.name).is !== 'fine') return 'name'
    const { lacks, left } = passwordRoom(person.password)
    return lacks > 0 || left < 0 ? 'password' : undefined
  }

  async function begin(): Promise<Refusal | undefined> {
    const refused = hasAccount.value
      ? undefined
      : await session.comeAsOwner(code, person.name, person.password)
    if (refused) return refused
    const body = wasSet.value ? changes.value : { ...draft, mailDomains: listed(draft.mailDomains) }
    const changed = Object.keys(body).length === 0 ? undefined : await changeWorkspace(body)
    if (isRefusal(changed)) return changed
    // A link is a convenience: without one, everything else is done.
    const made = draft.signUp === 'closed' ? undefined : await makeInvite({ expiresInMs: linkLastsMs })
    if (made !== undefined && !isRefusal(made)) invite.value = made.invite
    if (changed !== undefined) kept.settings = { signIn: [], mail: false, ...kept.settings, ...changed }
    isReady.value = true
    return undefined
  }

  async function submit(): Promise<void> {
    if (busy.value) return
    refusal.value = undefined
    missing.value = firstMissing()
    if (missing.value !== undefined) return
    busy.value = true
    refusal.value = await begin()
    busy.value = false
  }

  const left = reactive({ workspace: workspaceLeft, password: passwordLeft })
  return reactive({ draft, person, left, wasSet, hasAccount, isKnown, isReady, invite, busy, error, submit })
}
