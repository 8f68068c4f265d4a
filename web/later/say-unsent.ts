// Why a scheduled message was not sent, in words that fit a list: its author is no longer there to be told "this".
import type { RefusalCode } from '../wire/refusal.ts'
import { t } from '../words/words.ts'

export const sayUnsent = (code: RefusalCode): string =>
  code === 'not_found' || code === 'not_allowed' ? t('later.notInRoom') : t(`refusal.${code}`)
