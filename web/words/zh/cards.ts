// 中文文字。Texts in Chinese: link previews.
import type { Shape } from '../entry-en.ts'
import type { cardsEn } from '../en/cards.ts'

export const cardsZh: Shape<typeof cardsEn> = {
  cards: {
    onBy: '{name} 开启了链接预览',
    offBy: '{name} 关闭了链接预览',
    room: '链接预览',
    roomText: '消息中的链接会显示网页的标题和图片。网页由服务器读取，而不是你的浏览器。',
    on: '开启',
    off: '关闭',
  },
}
