// 中文文字。Texts in Chinese: link previews.
import type { Shape } from '../entry-en.ts'
import type { cardsEn } from '../en/cards.ts'

export const cardsZh: Shape<typeof cardsEn> = {
  cards: {
    of: '预览：{title}',
    message: '消息',
    open: '显示预览',
    fold: '收起预览',
    remove: '为所有人移除预览',
    removeAll: '移除链接预览',
    removed: '已移除预览 | 已移除预览 | 已移除预览',
    onBy: '{name} 开启了链接预览',
    offBy: '{name} 关闭了链接预览',
    room: '链接预览',
    roomText: '消息中的链接会显示网页的标题和图片。网页由服务器读取，而不是你的浏览器。',
    on: '开启',
    off: '关闭',
    title: '链接预览',
    text: '消息中的链接在你这里如何显示，不影响其他人。',
    views: { open: '显示', folded: '收起为一行', hidden: '不显示' },
    workspace: '显示链接预览',
    workspaceText: '各房间可以自行关闭。每个网页只由服务器读取一次。',
    blocked: '不显示预览的网站',
    blockedText: '每行一个网站，例如 example.com，其下的所有子域名也包括在内。',
    save: '保存',
    saved: '已保存链接预览设置',
    failed: '无法加载链接预览设置。',
  },
}
