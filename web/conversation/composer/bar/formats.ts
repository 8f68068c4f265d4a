// What the composer formats, in the order of its buttons.
import { Bold, Code, Italic, Link, List, TextQuote } from '@lucide/vue'
import type { Component } from 'vue'
import { keyNames } from '../../../ui/keys.ts'
import { t } from '../../../words/words.ts'
import type { Format } from '../format/format.ts'

interface Offered {
  how: Format
  icon: Component
  keys?: string
}

export const formats: readonly Offered[] = [
  { how: 'bold', icon: Bold, keys: 'Mod B' },
  { how: 'italic', icon: Italic, keys: 'Mod I' },
  { how: 'link', icon: Link, keys: 'Mod K' },
  { how: 'code', icon: Code },
  { how: 'quote', icon: TextQuote },
  { how: 'list', icon: List },
]

export const titleOf = ({ how, keys }: Offered): string =>
  t(`composer.format.${how}`) + (keys === undefined ? '' : ` (${keyNames(keys)})`)
