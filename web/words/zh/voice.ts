// 中文文字。Texts in Chinese: voice messages.
import type { Shape } from '../entry-en.ts'
import type { voiceEn } from '../en/voice.ts'

export const voiceZh: Shape<typeof voiceEn> = {
  voice: {
    record: '录制语音消息',
    asking: '正在等待麦克风…',
    slide: '‹ 左滑取消',
    play: '试听',
    pause: '暂停',
    unplayable: '此浏览器无法播放这段录音。',
    began: '正在录音',
    recorded: '已录制 {time}，可以试听或发送。',
    stop: '停止录音',
    cancel: '取消录音',
    deleted: '已删除语音消息',
    send: '发送语音消息',
    tooShort: '说话时间太短。请按住按钮说话，或说完后再停止。',
    full: '语音消息最长 {n} 分钟，这段已录好，可以发送。',
    lost: '麦克风已断开，已录下的部分会保留。',
    trouble: {
      denied: 'Brook 无法使用麦克风。请在浏览器的网站设置中允许，然后重试。',
      absent: '未找到麦克风。请连接麦克风后重试。',
      busy: '麦克风正被其他应用占用。请关闭该应用后重试。',
      insecure: '浏览器只允许在 HTTPS 下使用麦克风。请联系服务器管理员。',
      failed: '此浏览器无法录制语音消息。',
    },
  },
}
