// 中文文字。Texts in Chinese: forwarding messages, and who has seen one.
import type { Shape } from '../entry-en.ts'
import type { forwardEn } from '../en/forward.ts'

export const forwardZh: Shape<typeof forwardEn> = {
  forward: {
    action: '转发…',
    title: '转发消息',
    text: '只有能查看原消息的人才能看到内容。',
    to: '转发到',
    find: '查找房间或联系人',
    thread: '当前话题',
    none: '没有找到房间或联系人',
    comment: '附言',
    optional: '可不填',
    send: '转发',
    done: '已转发到 {room}',
    from: '转发',
    hidden: '来自你未加入的房间的消息',
  },
  seen: {
    by: '{names} 已读',
    nobody: '还没有人读过',
    title: '已读状态',
    text: '在人数较少的房间里，成员能看到谁读过一条消息。关闭后，你也看不到别人的已读状态。',
    show: '让别人看到我读过的消息',
  },
}
