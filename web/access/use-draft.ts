// The settings of the workspace as a form has them. What nobody has changed in it follows what is kept.
import { computed, reactive, watch } from 'vue'
import type { Workspace, WorkspaceBody } from '../../server/protocol/workspace.ts'
import { noChoice, type IconChoice } from '../../server/protocol/workspace-icon.ts'

export type WorkspaceDraft = Pick<Workspace, 'name' | 'signUp' | 'guests' | 'askToJoin'> & {
  icon: IconChoice
}
/** `mailDomains`: as they are typed, in one line. */
type Draft = WorkspaceDraft & { mailDomains: string }

export const listed = (text: string): string[] => text.split(/[\s,;，；、]+/).filter((one) => one !== '')
const inLine = (domains: readonly string[]): string => domains.join(', ')

const chosenOf = (of: Workspace | undefined): IconChoice => of?.icon?.chosen ?? noChoice
const isSameIcon = (one: IconChoice, other: IconChoice): boolean =>
  one.text.trim() === other.text && one.hue === other.hue

export function useDraft(kept: () => Workspace | undefined) {
  const draft = reactive<Draft>({
    name: '',
    icon: noChoice,
    signUp: 'invite',
    guests: false,
    askToJoin: false,
    mailDomains: '',
  })
  watch(
    kept,
    (now, before) => {
      if (now === undefined) return
      if (before === undefined || draft.name === before.name) draft.name = now.name
      if (before === undefined || isSameIcon(draft.icon, chosenOf(before))) draft.icon = chosenOf(now)
      if (before === undefined || draft.signUp === before.signUp) draft.signUp = now.signUp
      if (before === undefined || draft.guests === before.guests) draft.guests = now.guests
      if (before === undefined || draft.askToJoin === before.askToJoin) draft.askToJoin = now.askToJoin
      if (before === undefined || inLine(listed(draft.mailDomains)) === inLine(before.mailDomains))
        draft.mailDomains = inLine(now.mailDomains)
    },
    { immediate: true },
  )

  /** What differs from what is kept. */
  const changes = computed<WorkspaceBody>(() => {
    const now = kept()
    return {
      ...(draft.name.trim() === now?.name ? {} : { name: draft.name }),
      ...(isSameIcon(draft.icon, chosenOf(now)) ? {} : { icon: draft.icon }),
      ...(draft.signUp === now?.signUp ? {} : { signUp: draft.signUp }),
      ...(draft.guests === now?.guests ? {} : { guests: draft.guests }),
      ...(draft.askToJoin === now?.askToJoin ? {} : { askToJoin: draft.askToJoin }),
      ...(inLine(listed(draft.mailDomains)) === inLine(now?.mailDomains ?? [])
        ? {}
        : { mailDomains: listed(draft.mailDomains) }),
    }
  })
  const isChanged = computed(() => Object.keys(changes.value).length > 0)
  return { draft, changes, isChanged }
}
