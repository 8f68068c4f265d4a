// The bans that hold, the newest first; made and lifted here.
import type { Ban, BanBody } from '../../../server/protocol/moderation.ts'
import { liftBan, listBans, makeBan } from '../../wire/admin-api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList, type Page } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

export function useBans() {
  const list = usePagedList<Ban>({ link: useLink(), ask, keyOf: ({ id }) => id, apply: () => undefined })

  async function ask(before?: string): Promise<Page<Ban> | Refusal> {
    const answer = await listBans(before)
    return isRefusal(answer) ? answer : { items: answer.bans, next: answer.next }
  }

  /** A ban of the same address replaces the one before. */
  async function ban(body: BanBody): Promise<Refusal | undefined> {
    const made = await makeBan(body)
    if (isRefusal(made)) return made
    const others = list.items.value.filter(({ address }) => address !== made.ban.address || address === null)
    list.items.value = [made.ban, ...others]
    return undefined
  }

  /** Lifting one that is over comes to the same. */
  async function lift({ id }: Ban): Promise<Refusal | undefined> {
    const refused = await liftBan(id)
    if (isRefusal(refused) && refused.code !== 'not_found') return refused
    list.items.value = list.items.value.filter((one) => one.id !== id)
    return undefined
  }

  return { ...list, ban, lift }
}
