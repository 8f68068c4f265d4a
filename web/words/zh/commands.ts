// 中文文字。Texts in Chinese: slash commands.
import type { Shape } from '../entry-en.ts'
import type { commandsEn } from '../en/commands.ts'

export const commandsZh: Shape<typeof commandsEn> = {
  commands: {
    own: {
      poll: { usage: '问题 | 选项一 | 选项二', help: '发起投票' },
      roll: { usage: '2d6', help: '掷骰子：d20、2d6、3d6+2' },
      remind: { usage: '10分钟 喝茶 | list | cancel 1', help: '稍后在这里提醒我' },
      mute: { usage: '1小时 | off', help: '将此房间静音一段时间，或直到你关闭静音' },
      dnd: { usage: '1小时 | off', help: '暂停所有通知一段时间' },
      status: { usage: ':palm_tree: 文字 | clear', help: '设置你的状态' },
    },
    done: {
      muted: '此房间已静音，直到你关闭：/mute off',
      mutedUntil: '此房间静音至 {when}。提前结束：/mute off',
      unmuted: '此房间已取消静音。',
      paused: '通知已暂停。',
      pausedUntil: '通知暂停至 {when}。提前结束：/dnd off',
      resumed: '通知已恢复。',
      status_set: '状态已设置。清除：/status clear',
      status_cleared: '状态已清除。',
      no_span: '多长时间？例如：30分钟、2小时、1天、off',
    },
    by: '来自 {name}',
    keys: '↑ ↓ 选择 · Enter 或 Tab 采用 · Esc 关闭 · // 输入斜杠',
    none: '没有匹配的命令。输入 // 可以让消息以斜杠开头。',
    asking: '正在执行 {command}…',
    onlyYou: '仅你可见',
    dismiss: '移除',
    offline: '已离线，命令没有发送，仍保留在这里。',
    failed: '命令加载失败。',
    tooLong: '命令过长。',
    refused: '{command} 执行失败。{why}',
    unknown_command: '没有命令 {command}。输入 / 查看所有命令，输入 // 让消息以斜杠开头。',
    command_timeout: '{command} 响应超时，请稍后再试。',
    command_failed: '{command} 执行出错，没有发送任何消息。',
  },
}
