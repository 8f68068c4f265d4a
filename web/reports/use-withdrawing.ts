// Takes back one's own message that waits for review, and puts its words and files into the field where it was written.
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import type { OwnAnswer, WithdrawnAnswer } from '../../server/protocol/reports.ts'
import { useSession } from '../account/session.ts'
import { readAgain, takeAgain, type ReadAgain } from '../files/taking/again.ts'
import { draftPlace, useDraft } from '../conversation/composer/draft.ts'
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
  function putBack({ room, thread, text, options }: WithdrawnAnswer, files: readonly ReadAgain[]): void {
    const place = draftPlace(room, thread)
    void takeAgain(place, files).catch(() => tellRefused(t('attach.noCode')))
    const draft = useDraft(session.user?.id ?? '', place)
    const typed = options === undefined ? typedAs(text) : `/poll ${[text, ...options].join(' | ')}`
    draft.value = [draft.value, typed].filter((one) => one.trim() !== '').join('\n')
    void router.push(thread === undefined ? `/rooms/${room}` : `/rooms/${room}/thread/${thread}`)
  }

  async function withdraw({ id, files = [] }: OwnAnswer): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    // First: once it is taken back, nobody keeps them.
    const read = await readAgain(files)
    const answer = read === undefined ? undefined : await withdrawHeld(id)
    isBusy.value = false
    if (read === undefined || answer === undefined) return tellRefused(t('attach.unread'))
    // What has become of it meanwhile is told.
    reports.reloadOwn()
    if (isRefusal(answer)) return tellRefused(refusal(answer))
    putBack(answer, read)
    tellDone(t('reports.own.withdrawn'))
  }
  return { isBusy, withdraw }
}
