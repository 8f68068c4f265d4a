// What is on this device, and how far it goes.
export const offlineZh = {
  offline: {
    asOf: '内容完整至{ago}。',
    searched:
      '已离线：在此设备上的 {n} 个房间中找到 {found} 条 | 已离线：在此设备上的 {n} 个房间中找到 {found} 条',
    queued: '恢复连接后生效。',
    queuedPoll: '恢复连接后会发起投票。',
    notDone: {
      poll: '投票没有发起。{why}',
      status: '状态没有设置成功。{why}',
      save: '消息没有收藏成功。{why}',
    },
    lostTitle: '有消息未能发送',
    lostText: '你已不在该房间，或房间已不存在。以下是你写的内容。',
    copy: '复制',
    copied: '已复制。',
    discard: '丢弃',
    title: '此设备上的副本',
    text: '你常用的房间会保留在此浏览器中，没有网络时也能查看和搜索。',
    none: '此浏览器不保留任何内容，例如在无痕窗口中。没有网络时将无法查看消息。',
    full: '此设备的磁盘已满，部分最新消息无法保留以供离线查看。',
    holds: '{n} 个房间，共 {size} | {n} 个房间，共 {size}',
    atMost: '最多占用',
    megabytes: '{n} MB',
    remove: '从此设备移除',
    removed: '已从此设备移除。',
  },
}
