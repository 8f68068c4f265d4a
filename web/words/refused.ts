// Explains a refusal: what happened and what to do, in one or two sentences.
import { mayRetry, type Refusal } from '../wire/refusal.ts'
import { fromNow } from './figures.ts'
import { language, t } from './words.ts'

export function sayRefusal(why: Refusal): string {
  const words = t(why.ban?.suspended === true ? 'refusal.suspended' : `refusal.${why.code}`)
  if (why.retryAfterMs !== undefined && why.retryAfterMs >= 1000)
    return join(words, t('refusal.again', { when: fromNow(why.retryAfterMs) }))
  const saysWhen = why.code === 'log_unavailable' || why.code === 'log_unknown'
  return mayRetry(why.code) && !saysWhen ? join(words, t('refusal.againSoon')) : words
}

const join = (a: string, b: string): string => (language() === 'zh' ? a + b : `${a} ${b}`)
