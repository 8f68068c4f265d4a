// 中文文字。Texts in Chinese: one's own account.
import type { Shape } from '../entry-en.ts'
import type { youEn } from '../en/you.ts'

export const youZh: Shape<typeof youEn> = {
  you: {
    title: '我的账号',
    failed: '页面加载失败。',
    name: '名字',
    nameText: '所有人都会看到，包括你以前的消息。',
    changeName: '修改名字',
    renameTitle: '修改你的名字',
    renameText: '所有人会立即看到新名字。30 天内，用原来的名字仍能找到你，其他人不能使用它。',
    newName: '新名字',
    nameEmpty: '请输入名字。',
    nameSame: '这就是你现在的名字。',
    save: '保存',
    renamed: '你现在的名字是 {name}。',
    former: '仍可用 {name} 找到你，至 {when}',
    renamedTitle: '你的名字已被修改',
    renamedBy: '{by} 把你的名字从 {was} 改为 {name}。',
    renamedByNobody: '你的名字已从 {was} 改为 {name}。',
    understood: '知道了',
  },
}
