// The list of features that make up Brook, each with its dependencies. A new capability is a folder and a line here.
import { accessFeature, openAccess } from './access/feature.ts'
import { accountFeature, openSessions } from './account/feature.ts'
import { adminPeopleFeature } from './admin-people/feature.ts'
import type { Audit } from './audit/audit.ts'
import { auditFeature } from './audit/feature.ts'
import type { Sessions } from './account/sessions.ts'
import { backupFeature } from './backup/feature.ts'
import { botFeature } from './bot/feature.ts'
import { commandFeature } from './commands/feature.ts'
import type { Core } from './core.ts'
import { customEmojiFeature, openCustomEmoji } from './custom-emoji/feature.ts'
import { directFeature, openDirects } from './directs/feature.ts'
import { endingFeature } from './ending/feature.ts'
import { openErasing } from './erasing/feature.ts'
import type { Feature } from './feature.ts'
import { exportFeature } from './export/feature.ts'
import { fileFeature, openFiles } from './files/feature.ts'
import { groupFeature, openGroups } from './groups/feature.ts'
import { healthFeature } from './health.ts'
import { historyFeature } from './history/feature.ts'
import { History } from './history/history.ts'
import { Pins } from './history/pins.ts'
import { archiveFeature } from './history/sync/feature.ts'
import { hookFeature } from './hook/feature.ts'
import { identityFeature, openIdentity } from './identity/feature.ts'
import { installedAppFeature } from './installed-app/feature.ts'
import { joinRequestFeature } from './join-requests/feature.ts'
import { linkCardFeature } from './link-cards/feature.ts'
import { logFeature } from './log/feature.ts'
import { mailAddressFeature } from './mail-address/feature.ts'
import { mailFeature, openMail } from './mail/feature.ts'
import { membershipFeature } from './membership/feature.ts'
import type { BanList } from './moderation/ban-list.ts'
import { missedMailFeature } from './missed-mail/feature.ts'
import { moderationFeature, openModeration } from './moderation/feature.ts'
import { namingFeature, openNaming } from './naming/feature.ts'
import { openOwnCommands } from './own-commands/open.ts'
import { ownExportFeature } from './own-export/feature.ts'
import { openPictures, pictureFeature } from './pictures/feature.ts'
import { pipelineFeature } from './pipeline/feature.ts'
import { pollFeature } from './polls/feature.ts'
import { postingFeature } from './posting/feature.ts'
import { openProfiles, profilesFeature } from './profiles/feature.ts'
import { roomDeletionFeature } from './deleted-rooms/feature.ts'
import { notifyFeature } from './notify/feature.ts'
import { pushFeature } from './push/feature.ts'
import { reminderFeature } from './reminders/feature.ts'
import { openReports, reportFeature } from './reports/feature.ts'
import { rpcFeature } from './rpc/feature.ts'
import { roomPictureFeature } from './pictured-rooms/feature.ts'
import { savedFeature } from './saved/feature.ts'
import { scheduledFeature } from './scheduled/feature.ts'
import { seenFeature } from './seen/feature.ts'
import { searchFeature } from './search/feature.ts'
import { sectionFeature } from './sections/feature.ts'
import { liveFeature, socketFeature } from './socket/feature.ts'
import { threadFeature } from './thread/feature.ts'
import { openWordRules, wordRuleFeature } from './word-rules/feature.ts'

export interface App {
  /** In the order in which they receive entries and signals. The last one is closed first. */
  features: readonly Feature[]
  sessions: Sessions
  bans: BanList
  audit: Audit
}

/** Rooms, who is in them, and what everybody is called, kept out for, or told. */
function openRooms(core: Core) {
  const naming = openNaming(core)
  const direct = openDirects(core)
  const history = new History(core.db, core.log, core.metrics.flights, {
    nameOf: naming.names.of,
    blockedBy: (user) => direct.blocks.of(user),
  })
  const pins = new Pins({ db: core.db, log: core.log, history, watch: core.metrics.flights })
  const pictured = openPictures(core)
  const profile = openProfiles(core, pictured.pictures)
  const live = liveFeature(core, profile)
  const { erasing, erasings } = openErasing(core)
  const moderation = openModeration(core, { erasings })
  const review = { ...openWordRules(core), ...openReports(core) }
  const custom = openCustomEmoji(core, naming)
  const rooms = {
    history,
    pins,
    ...live,
    ...naming,
    ...custom,
    ...direct,
    ...profile,
    ...moderation,
    ...review,
  }
  const access = { ...pictured, ...openAccess(core), ...openMail(core), ...openGroups(core) }
  const membership = membershipFeature(core, { ...rooms, ...access })
  const profiles = profilesFeature(core, { ...profile, ...live, ...custom })
  const { memberships, gate } = membership
  return { live, erasing, membership, profiles, given: { ...rooms, ...access, memberships, gate } }
}

/** What others are built on, each given what is above it. */
function openParts(core: Core) {
  const { given: rooms, ...made } = openRooms(core)
  const entry = openSessions(core, rooms)
  const identity = openIdentity(core, { ...rooms, ...entry })
  const account = accountFeature(core, { ...rooms, newcomers: rooms.memberships, ...entry, ...identity })
  const thread = threadFeature(core, rooms)
  const files = openFiles(core, rooms)
  const posting = postingFeature(core, { ...rooms, ...thread, ...files })
  const poll = pollFeature(core, { ...rooms, ...posting })
  const calls = rpcFeature(core)
  const notify = notifyFeature(core, rooms)
  const own = openOwnCommands(core, { ...rooms, ...made.membership, ...made.profiles, ...notify })
  const command = commandFeature(core, { own: [poll.command, ...own], ...rooms, ...posting, ...calls })
  const bot = botFeature(core, { ...rooms, ...account })
  const hook = hookFeature(core, { ...rooms, ...posting })
  const socket = socketFeature(core, {
    ...rooms,
    ...posting,
    ...command,
    ...bot,
    ...account,
    ...made.profiles,
  })
  const given = { ...rooms, ...entry, ...identity, ...account, ...posting, ...files, ...notify }
  return { ...made, account, thread, posting, poll, calls, command, bot, hook, socket, notify, given }
}

/** `given`: what a feature may ask for; which of it, its own interface says. */
export function composeApp(core: Core): App {
  const { given, ...made } = openParts(core)
  const features = [
    logFeature(core),
    pictureFeature(given),
    made.calls,
    // Before the rooms: when a listener hears of a join, the person's name is already known.
    made.membership,
    made.live,
    directFeature(core, { ...given, ...made.membership }),
    made.bot,
    made.hook,
    // After the rooms: people are moved once everybody has received the event.
    made.socket,
    made.account,
    accessFeature(core, given),
    installedAppFeature(given),
    joinRequestFeature(core, given),
    moderationFeature(given),
    made.erasing,
    roomDeletionFeature(core, made.membership),
    roomPictureFeature(core, given),
    endingFeature(core, given),
    ownExportFeature(core, given),
    namingFeature(core, { ...given, own: [made.profiles.profileFields, given.writersField] }),
    made.profiles,
    reportFeature(core, given),
    wordRuleFeature(given),
    adminPeopleFeature(core, given),
    auditFeature(given),
    identityFeature(core, given),
    mailAddressFeature(core, given),
    mailFeature(core, given),
    historyFeature(core, given),
    exportFeature(core, given),
    made.posting,
    made.poll,
    fileFeature(core, given),
    made.thread,
    groupFeature(core, given),
    customEmojiFeature(core, given),
    sectionFeature(core),
    savedFeature(core, given),
    made.notify,
    linkCardFeature(core, given),
    seenFeature(core, given),
    reminderFeature(core, given),
    scheduledFeature(core, given),
    // After those who hear of what was read: it is asked for then.
    missedMailFeature(core, given),
    pushFeature(core, given),
    searchFeature(core, given),
    made.command,
    archiveFeature(core, made.calls),
    backupFeature(core),
    pipelineFeature(core, { ...made.calls, ...made.hook }),
    healthFeature(core),
  ]
  return { features, sessions: given.sessions, bans: given.bans, audit: given.audit }
}
