// 中文文字。Texts in Chinese: one's own account.
import type { Shape } from '../entry-en.ts'
import type { youEn } from '../en/you.ts'

export const youZh: Shape<typeof youEn> = {
  you: {
    title: '我的账号',
    failed: '页面加载失败。',
    name: '名字',
    nameText: '所有人都会看到，你以前的消息也会显示这个名字。',
    changeName: '修改名字',
    renameTitle: '修改你的名字',
    renameText: '所有人会立即看到新名字。30 天内，用原来的名字仍能找到你，其他人也不能使用它。',
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
    data: '我的数据',
    dataText:
      '你的资料、房间、登录设备、收藏、提醒，以及你写过的所有消息和编辑前的内容。每行一个 JSON 对象。',
    download: '下载',
    downloadFiles: '下载（含文件）',
    end: '注销账号',
    endText: '所有设备都会退出登录，此后无法再登录，且不能撤销。',
    endIt: '注销账号…',
    endTitle: '注销你的账号？',
    endWhat:
      '你将退出所有房间，仅你可见的内容会被删除。只有你一个所有者的房间，将交给协管员或最早加入的成员。',
    endMessages: '你的消息',
    endKeep: '保留，但不显示你的名字',
    endKeepText: '发送者将显示为“前成员”。',
    endDelete: '全部删除',
    endDeleteText: '删除你在所有房间的消息，可能需要一些时间。',
    endNow: '确认注销',
  },
}
