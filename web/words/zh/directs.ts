// 中文文字。Texts in Chinese: direct conversations.
import type { Shape } from '../entry-en.ts'
import type { directsEn } from '../en/directs.ts'

export const directsZh: Shape<typeof directsEn> = {
  directs: {
    direct: '私聊',
    leaveText: '你将不再收到这个私聊的消息，其他人可以继续聊。',
  },
}
