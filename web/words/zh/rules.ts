// 中文文字。Texts in Chinese: rules about words and links.
import type { Shape } from '../entry-en.ts'
import type { rulesEn } from '../en/rules.ts'

export const rulesZh: Shape<typeof rulesEn> = {
  rules: {
    text: '含有这些词语或网站的消息会被拒绝，或先审核再发布。管理员不受限制。',
    failed: '规则加载失败。',
    none: '还没有规则',
    noneText: '添加词语、短语或网站，含有它的消息会被拒绝，或先审核再发布。',
    add: '添加规则',
    kind: '类型',
    kinds: { word: '词语或短语', host: '网站' },
    word: '词语或短语',
    wordHint: '不区分大小写和全角半角。英文等按整词匹配，中文出现在任何位置都会匹配。',
    wordBad: '请输入词语或短语，最多 100 个字符。',
    host: '网站',
    hostHint: '网站域名，例如 example.com，包括其所有子域名',
    hostBad: '请输入网站域名，例如 example.com。',
    does: '处理方式',
    effects: { refuse: '拒绝', hold: '先审核' },
    doesText: {
      refuse: '消息会被拒绝，并告知发送者。',
      hold: '消息会在“举报”中等待审核。编辑内容、主题和房间名称则直接拒绝。',
    },
    save: '添加',
    saved: '规则已保存。',
    remove: '移除',
    removeNamed: '移除规则 {text}',
    removed: '规则已移除。',
    holdLinks: '审核新成员发布的链接',
    holdLinksText: '加入后的这段时间内，所发链接会在“举报”中等待审核。管理员不受限制。',
    holdLinksNone: '不审核',
    changed: '已保存。',
  },
}
