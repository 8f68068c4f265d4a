// 中文文字。Texts in Chinese: backups, as administrators see them.
import type { backupsEn } from '../en/backups.ts'
import type { Shape } from '../entry-en.ts'

export const backupsZh: Shape<typeof backupsEn> = {
  backups: {
    title: '备份',
    text: '全部数据保存为一个加密文件。每次备份后都会试恢复一次，确认可用。',
    now: '立即备份',
    running: '正在备份，不影响聊天。',
    failed: '无法加载备份信息。',
    offTitle: '尚未设置备份',
    offText: '请在服务器上设置 BACKUP_TO 和 BACKUP_PASSPHRASE_FILE，然后重启 Brook。详见 docs/BACKUP.md。',
    none: '还没有备份',
    noneText: '首次备份时间：{when}。也可以现在开始。',
    good: '最新备份：{when}。已试恢复，数据完整。',
    unrehearsed: '最新备份：{when}。未做恢复测试。',
    bad: '上次备份未成功。',
    badSince: '上次备份未成功。最近一次可用备份：{when}。',
    late: '自 {when} 以来没有可用的备份。',
    to: '保存位置',
    next: '下次备份',
    kept: '保留规则',
    keptText: '最近 7 天、4 周和 12 个月，每期保留最新一份',
    list: '最近的备份',
    state: {
      running: '进行中',
      good: '正常',
      unrehearsed: '未测试',
      failed: '失败',
      interrupted: '已中断',
    },
    unrehearsedWhy: 'MySQL 用户无权创建数据库，因此未做恢复测试。',
    interruptedWhy: '备份期间服务器停止运行。',
    removed: '已清理',
    rooms: '{n} 个房间',
    rows: '{n} 行数据',
    files: '{n} 个文件',
    rehearsed: '试恢复用时 {time}',
  },
}
