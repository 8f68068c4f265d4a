// 界面的全部文字，中文。All texts of the interface, in Chinese; a missing key does not compile.
import type { Words } from './en.ts'
import { entryZh } from './entry-zh.ts'
import { alertsZh } from './zh/alerts.ts'
import { accessZh } from './zh/access.ts'
import { backupsZh } from './zh/backups.ts'
import { cardsZh } from './zh/cards.ts'
import { commandsZh } from './zh/commands.ts'
import { conversationZh } from './zh/conversation.ts'
import { directsZh } from './zh/directs.ts'
import { mailZh } from './zh/mail.ts'
import { manageZh } from './zh/manage.ts'
import { inboxZh } from './zh/inbox.ts'
import { installedZh } from './zh/installed.ts'
import { identityZh } from './zh/identity.ts'
import { attachZh } from './zh/attach.ts'
import { forwardZh } from './zh/forward.ts'
import { showingZh } from './zh/showing.ts'
import { laterZh } from './zh/later.ts'
import { offlineZh } from './zh/offline.ts'
import { pagesZh } from './zh/pages.ts'
import { pipelineZh } from './zh/pipeline.ts'
import { profilesZh } from './zh/profiles.ts'
import { reportsZh } from './zh/reports.ts'
import { rulesZh } from './zh/rules.ts'
import { refusalsZh } from './zh/refusals.ts'
import { ownEmojiZh } from './zh/own-emoji.ts'
import { groupsZh } from './zh/groups.ts'
import { sectionsZh } from './zh/sections.ts'
import { shellZh } from './zh/shell.ts'
import { voiceZh } from './zh/voice.ts'
import { youZh } from './zh/you.ts'

export const zh: Words = {
  ...entryZh,
  ...shellZh,
  ...conversationZh,
  ...commandsZh,
  ...offlineZh,
  ...pagesZh,
  ...accessZh,
  ...manageZh,
  ...identityZh,
  ...installedZh,
  ...inboxZh,
  ...reportsZh,
  ...profilesZh,
  ...voiceZh,
  ...youZh,
  ...directsZh,
  ...alertsZh,
  ...rulesZh,
  ...sectionsZh,
  ...laterZh,
  ...groupsZh,
  ...ownEmojiZh,
  ...mailZh,
  ...forwardZh,
  ...attachZh,
  ...cardsZh,
  ...showingZh,
  ...backupsZh,
  ...pipelineZh,
  refusal: { ...entryZh.refusal, ...refusalsZh },
}
