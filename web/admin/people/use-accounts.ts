// Everybody who has an account, as the server finds them, and what an administrator does with one of them.
import { refDebounced } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { AdminPerson } from '../../../server/protocol/admin-people.ts'
import type { BanAnswer, BanBody } from '../../../server/protocol/moderation.ts'
import {
  endSessionsOf,
  liftBan,
  listPeople,
  makeBan,
  makeResetLink,
  renamePerson,
} from '../../wire/admin-api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList, type Page } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

const askAfterMs = 200

export function useAccounts() {
  const query = ref('')
  const asked = refDebounced(query, askAfterMs)
  const list = usePagedList<AdminPerson>({
    link: useLink(),
    ask,
    keyOf: ({ id }) => id,
    // Nothing tells of people who come: the list is loaded when it is opened.
    apply: () => undefined,
  })
  watch(asked, () => void list.load())

  async function ask(after?: string): Promise<Page<AdminPerson> | Refusal> {
    const answer = await listPeople(asked.value.trim(), after)
    return isRefusal(answer) ? answer : { items: answer.people, next: answer.next }
  }

  function change(id: string, changes: Partial<AdminPerson>): void {
    list.items.value = list.items.value.map((one) => (one.id === id ? { ...one, ...changes } : one))
  }

  async function ban(body: BanBody): Promise<BanAnswer | Refusal> {
    const made = await makeBan(body)
    if (!isRefusal(made) && made.ban.user) change(made.ban.user.id, { ban: made.ban })
    return made
  }

  /** Lifting one that is over comes to the same. */
  async function unban({ id, ban: held }: AdminPerson): Promise<Refusal | undefined> {
    const refused = held === null ? undefined : await liftBan(held.id)
    if (isRefusal(refused) && refused.code !== 'not_found') return refused
    change(id, { ban: null })
    return undefined
  }

  async function signOut({ id }: AdminPerson): Promise<Refusal | undefined> {
    const refused = await endSessionsOf(id)
    if (isRefusal(refused)) return refused
    change(id, { sessions: 0, lastSeen: null })
    return undefined
  }

  async function rename({ id }: { id: string }, name: string, note: string): Promise<Refusal | undefined> {
    const renamed = await renamePerson(id, name, note)
    if (isRefusal(renamed)) return renamed
    change(id, renamed)
    return undefined
  }

  const makeReset = ({ id }: { id: string }, takesFactor: boolean) => makeResetLink(id, takesFactor)

  return { ...list, query, ban, unban, signOut, rename, makeReset }
}
