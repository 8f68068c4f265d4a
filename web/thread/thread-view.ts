// What a thread's screen has besides its conversation. The panel provides it once.
import { inject, provide, type InjectionKey } from 'vue'
import type { OpenedThread } from './open/use-thread.ts'

/** Reactive. */
export interface ThreadViewModel extends Pick<OpenedThread, 'root' | 'following'> {
  follow: (on: boolean) => unknown
  close: () => unknown
}

const threadView: InjectionKey<ThreadViewModel> = Symbol('threadView')

export const provideThreadView = (view: ThreadViewModel): void => provide(threadView, view)

export function useThreadView(): ThreadViewModel {
  const view = inject(threadView)
  if (view === undefined) throw new Error('No panel above this component provides a thread.')
  return view
}
