// 中文文字。Texts in Chinese: the installed app, and what other apps share with it.
import type { Shape } from '../entry-en.ts'
import type { installedEn } from '../en/installed.ts'

export const installedZh: Shape<typeof installedEn> = {
  installed: {
    title: '安装为应用',
    text: '拥有独立的窗口和图标，没有网络时也能打开。',
    is: '已安装',
    install: '安装',
    byHand: '打开浏览器的“分享”菜单，选择“添加到主屏幕”。',
    hint: '安装 Brook',
    hintText: '拥有独立的窗口和图标，打开更快。',
    notNow: '暂不',
    badLink: '无法打开此链接。',
    elsewhere: '此链接指向另一台服务器：{host}',
  },
  shared: {
    title: '分享',
    to: '分享给',
    notSent: '内容会放入你在那里正在撰写的消息，不会立即发送。',
    go: '继续',
    gone: '没有可分享的内容',
    goneText: '内容已经分享过，或存储空间不足。请从原应用重新分享。',
    toRooms: '返回房间列表',
  },
}
