// All texts of the interface, in English. zh.ts must have the same shape, or it does not compile. Placeholders are
// {name}; plural forms are separated by | (one | many).
import { entryEn, type Shape } from './entry-en.ts'
import { alertsEn } from './en/alerts.ts'
import { accessEn } from './en/access.ts'
import { backupsEn } from './en/backups.ts'
import { cardsEn } from './en/cards.ts'
import { commandsEn } from './en/commands.ts'
import { conversationEn } from './en/conversation.ts'
import { directsEn } from './en/directs.ts'
import { mailEn } from './en/mail.ts'
import { manageEn } from './en/manage.ts'
import { inboxEn } from './en/inbox.ts'
import { installedEn } from './en/installed.ts'
import { identityEn } from './en/identity.ts'
import { attachEn } from './en/attach.ts'
import { forwardEn } from './en/forward.ts'
import { showingEn } from './en/showing.ts'
import { laterEn } from './en/later.ts'
import { offlineEn } from './en/offline.ts'
import { pagesEn } from './en/pages.ts'
import { pipelineEn } from './en/pipeline.ts'
import { profilesEn } from './en/profiles.ts'
import { reportsEn } from './en/reports.ts'
import { rulesEn } from './en/rules.ts'
import { refusalsEn } from './en/refusals.ts'
import { ownEmojiEn } from './en/own-emoji.ts'
import { groupsEn } from './en/groups.ts'
import { sectionsEn } from './en/sections.ts'
import { shellEn } from './en/shell.ts'
import { voiceEn } from './en/voice.ts'
import { youEn } from './en/you.ts'
import type { RefusalCode } from '../wire/refusal.ts'

export const en = {
  ...entryEn,
  ...shellEn,
  ...conversationEn,
  ...commandsEn,
  ...offlineEn,
  ...pagesEn,
  ...accessEn,
  ...manageEn,
  ...identityEn,
  ...installedEn,
  ...inboxEn,
  ...reportsEn,
  ...profilesEn,
  ...voiceEn,
  ...youEn,
  ...directsEn,
  ...alertsEn,
  ...rulesEn,
  ...sectionsEn,
  ...laterEn,
  ...groupsEn,
  ...ownEmojiEn,
  ...mailEn,
  ...forwardEn,
  ...attachEn,
  ...cardsEn,
  ...showingEn,
  ...backupsEn,
  ...pipelineEn,
  refusal: { ...entryEn.refusal, ...refusalsEn } satisfies Record<RefusalCode, string>,
}

export type Words = Shape<typeof en>
