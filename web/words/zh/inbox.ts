// 中文文字。Texts in Chinese: the inbox.
import type { Shape } from '../entry-en.ts'
import type { inboxEn } from '../en/inbox.ts'

export const inboxZh: Shape<typeof inboxEn> = {
  inbox: {
    title: '收件箱',
    show: '显示内容',
    tab: { todo: '待处理', all: '全部', done: '已完成' },
    waiting: '{n} 条待处理',
    done: '完成',
    allDone: '全部完成',
    isDone: '已标为完成。',
    areDone: '已全部标为完成。',
    more: '{n} 条新消息',
    nothing: '都处理完了',
    none: '这里还没有内容',
    noneText: '提到你的消息、私聊、回复和提醒会显示在这里。',
    failed: '收件箱加载失败。',
    offline: '已离线。恢复连接后会显示新内容。',
    keys: { move: '收件箱：下一条、上一条', done: '收件箱：完成' },
    cause: {
      reminder: '提醒',
      mention: '提到你',
      group: '提到你的群组',
      direct: '私聊',
      keyword: '你的关键词',
      thread: '你关注的话题',
      all: '新消息',
      poll: '投票已结束',
      report: '举报',
    },
  },
}
