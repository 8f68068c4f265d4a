// The question before something is done with one of a list: which one it is about, whether it is open, and where the focus goes.
import { ref, shallowRef } from 'vue'
import type { Refusal } from '../wire/refusal.ts'
import { useSay } from '../words/say.ts'
import { announce } from './announce.ts'
import { tellRefused } from './notify.ts'

export interface QuestionDeps<One> {
  act: (one: One) => Promise<Refusal | undefined>
  /** What is announced once it is done. */
  done: (one: One) => string
  /** A selector: what has the focus then, because the button that opened the question is gone. */
  focus: string
}

export function useQuestion<One>({ act, done, focus }: QuestionDeps<One>) {
  const { refusal: sayRefusal } = useSay()
  /** The one that is asked about; kept while the question closes. */
  const about = shallowRef<One>()
  const isOpen = ref(false)
  const busy = ref(false)
  const focusAfter = ref<string>()

  function ask(one: One): void {
    about.value = one
    focusAfter.value = undefined
    isOpen.value = true
  }

  async function confirm(): Promise<void> {
    const one = about.value
    if (one === undefined || busy.value) return
    busy.value = true
    const refused = await act(one)
    busy.value = false
    if (refused === undefined) focusAfter.value = focus
    isOpen.value = false
    if (refused) tellRefused(sayRefusal(refused))
    else announce(done(one))
  }

  return { about, isOpen, busy, focusAfter, ask, confirm }
}
