// The rules about words and links, for administrators: loaded at once, and what is changed here stays in step.
import { ref } from 'vue'
import type { WordRule, WordRuleBody } from '../../../server/protocol/word-rules.ts'
import { addWordRule, holdLinks, listWordRules, removeWordRule } from '../../wire/admin-api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList, type Page } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

export function useRules() {
  const holdLinksMs = ref(0)
  const list = usePagedList<WordRule>({
    link: useLink(),
    ask,
    keyOf: ({ id }) => id,
    apply: () => undefined,
  })

  async function ask(): Promise<Page<WordRule> | Refusal> {
    const answer = await listWordRules()
    if (isRefusal(answer)) return answer
    holdLinksMs.value = answer.holdLinksMs
    return { items: answer.rules, next: null }
  }

  /** A rule of the same text replaces the one before. */
  async function add(body: WordRuleBody): Promise<Refusal | undefined> {
    const made = await addWordRule(body)
    if (isRefusal(made)) return made
    list.items.value = [made.rule, ...list.items.value.filter(({ id }) => id !== made.rule.id)]
    return undefined
  }

  /** Removing one that is gone comes to the same. */
  async function remove({ id }: WordRule): Promise<Refusal | undefined> {
    const refused = await removeWordRule(id)
    if (isRefusal(refused) && refused.code !== 'not_found') return refused
    list.items.value = list.items.value.filter((one) => one.id !== id)
    return undefined
  }

  async function hold(ms: number): Promise<Refusal | undefined> {
    const answer = await holdLinks(ms)
    if (isRefusal(answer)) return answer
    holdLinksMs.value = answer.holdLinksMs
    return undefined
  }

  return { ...list, holdLinksMs, add, remove, hold }
}
