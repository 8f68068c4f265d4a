// 邮件文字。Texts of mails in Chinese. See en.ts.
import type { MailWords } from './en.ts'

export const mailZh: MailWords = {
  hello: '{name}，你好：',
  footer: '{workspace}，{url}',
  forgot: {
    subject: '重设 {workspace} 的密码',
    text: '有人申请重设你的账号“{name}”的密码。如果是你本人，请设置新密码。',
    button: '设置新密码',
    after: '链接 30 分钟内有效，只能使用一次。如果不是你本人操作，无需理会，密码不会改变。',
    admin:
      '有人申请重设你的账号“{name}”的密码。未开启两步验证的管理员不能通过邮件重设密码。服务器的维护者可以生成重设链接：npx brook admin reset',
  },
  passwordSet: {
    subject: '你在 {workspace} 的密码已更改',
    text: '你的账号“{name}”已于 {when} 通过链接设置了新密码，所有设备均已退出登录。',
    after: '如果不是你本人操作，请立即重设密码并告知管理员。',
    button: '打开 {workspace}',
  },
  address: {
    subject: '确认你在 {workspace} 的邮箱',
    text: '要将 {address} 用于账号“{name}”吗？',
    button: '确认邮箱',
    after: '链接 24 小时内有效，只能使用一次。如果你不认识这个账号，请忽略本邮件。',
    taken:
      '有人想将 {address} 用于账号“{name}”，但它已属于另一个账号“{other}”。请登录那个账号，或先在那里移除该邮箱。',
  },
  addressGone: {
    subject: '你在 {workspace} 的邮箱已更改',
    text: '账号“{name}”已于 {when} 停止使用 {address}。',
    after: '如果不是你本人操作，请登录并修改密码，然后重新设置邮箱。',
    button: '打开 {workspace}',
  },
  join: {
    subject: '加入 {workspace}',
    text: '有人用 {address} 申请加入 {workspace}。如果是你本人，请创建账号。',
    button: '创建账号',
    after: '链接 24 小时内有效，只能使用一次。如果不是你本人操作，请忽略本邮件。',
    known:
      '有人用 {address} 申请加入 {workspace}。你已有账号“{name}”，请直接登录；如果忘记了密码，可以设置新密码。',
    signIn: '登录',
  },
  missed: {
    subject: '{by} 在 {room} 中发了消息 | {room} 中有 {n} 条新消息',
    subjectDirect: '{by} 给你发了消息 | {by} 发来 {n} 条消息',
    text: '{room} 中有与你相关的新消息。 | {room} 中有 {n} 条与你相关的新消息。',
    textDirect: '{by} 给你发了消息。 | {by} 给你发了消息。',
    more: '另有 1 条更早的消息未显示。 | 另有 {n} 条更早的消息未显示。',
    button: '在 {workspace} 中打开',
    why: '你收到此邮件，是因为你离开了 {workspace}，还有消息未读。',
    off: '不再接收此类邮件',
  },
}
