// The actions of the frame around every page. AppShell provides it; the pane of rooms and the account menu inject it.
import { inject, type InjectionKey } from 'vue'

export interface ShellActions {
  /** Joins the room and goes there. */
  join: (room: string) => unknown
  /** Opens the dialog for a new room, with this name filled in. */
  create: (name: string) => unknown
  /** Opens the quick switcher. */
  find: () => unknown
  /** Reloads the list of rooms. */
  reload: () => unknown
  /** Marks all rooms and threads as read. */
  readAll: () => unknown
  /** `isNew`: there is none to be typed first. */
  showPassword: (isNew?: boolean) => unknown
  showSessions: () => unknown
  showKeys: () => unknown
  showAccount: () => unknown
  showSecurity: () => unknown
  showNotifications: () => unknown
  showAdmin: () => unknown
  showGroups: () => unknown
  showEmoji: () => unknown
  /** One's own. */
  showFiles: () => unknown
  /** Signs out; a guest is asked first. */
  signOut: () => unknown
}

export const shellActions: InjectionKey<ShellActions> = Symbol('shellActions')

/** Throws if nobody has provided them. */
export function useShellActions(): ShellActions {
  const actions = inject(shellActions, undefined)
  if (actions === undefined) throw new Error('no shell around this component')
  return actions
}
