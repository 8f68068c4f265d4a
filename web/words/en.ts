// All texts of the interface, in English. zh.ts must have the same shape, or it does not compile. Placeholders are
// {name}; plural forms are separated by | (one | many).
import { entryEn, type Shape } from './entry-en.ts'
import { conversationEn } from './en/conversation.ts'
import { pagesEn } from './en/pages.ts'
import { shellEn } from './en/shell.ts'

export const en = {
  ...entryEn,
  ...shellEn,
  ...conversationEn,
  ...pagesEn,
}

export type Words = Shape<typeof en>
