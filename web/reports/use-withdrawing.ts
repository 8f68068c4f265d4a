// Takes back one's own message that waits for review, and puts its words into the field where it was written.
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import type { OwnAnswer, WithdrawnAnswer } from '../../server/protocol/reports.ts'
import { useSession } from '../account/session.ts'
import { useDraft } from '../conversation/composer/draft.ts'
import { typedAs } from '../conversation/composer/slash.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { isRefusal } from '../wire/refusal.ts'
import { withdrawHeld } from '../wire/reports-api.ts'
import { useSay } from '../words/say.ts'
import { useReports } from './reports.ts'

export function useWithdrawing() {
  const session = useSession()
  const reports = useReports()
  const router = useRouter()
  const { t, refusal } = useSay()
  const isBusy = ref(false)

  /** In addition to what stands there. */
  function putBack({ room, thread, text, options }: WithdrawnAnswer): void {
    const place = thread === undefined ? room : `${room}.thread.${thread}`
    const draft = useDraft(session.user?.id ?? '', place)
    const typed = options === undefined ? typedAs(text) : `/poll ${[text, ...options].join(' | ')}`
    draft.value = draft.value.trim() === '' ? typed : `${draft.value}\n${typed}`
    void router.push(thread === undefined ? `/rooms/${room}` : `/rooms/${room}/thread/${thread}`)
  }

  async function withdraw({ id }: OwnAnswer): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    const answer = await withdrawHeld(id)
    isBusy.value = false
    // What has become of it meanwhile is told.
    reports.reloadOwn()
    if (isRefusal(answer)) return tellRefused(refusal(answer))
    putBack(answer)
    tellDone(t('reports.own.withdrawn'))
  }
  return { isBusy, withdraw }
}
