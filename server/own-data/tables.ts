// All tables that have rows of one person each. A feature that adds one declares it in its own-data.ts; a new file of that kind is
// a line here. test/unit/own-data.test.ts finds what is forgotten.
import { accountData } from '../account/own-data.ts'
import { directData } from '../directs/own-data.ts'
import { fileData } from '../files/own-data.ts'
import { groupData } from '../groups/own-data.ts'
import { identityData } from '../identity/own-data.ts'
import { linkCardData } from '../link-cards/own-data.ts'
import { mailAddressData } from '../mail-address/own-data.ts'
import { membershipData } from '../membership/own-data.ts'
import { namingData } from '../naming/own-data.ts'
import { notifyData } from '../notify/own-data.ts'
import { profileData } from '../profiles/own-data.ts'
import { pushData } from '../push/own-data.ts'
import { reminderData } from '../reminders/own-data.ts'
import { savedData } from '../saved/own-data.ts'
import { scheduledData } from '../scheduled/own-data.ts'
import { sectionData } from '../sections/own-data.ts'
import { seenData } from '../seen/own-data.ts'
import { threadData } from '../thread/own-data.ts'
import type { OwnTable } from './own-table.ts'

/** In the order in which the file of all that is somebody's has them. */
export const ownTables: readonly OwnTable[] = [
  ...namingData,
  ...profileData,
  ...accountData,
  ...identityData,
  ...mailAddressData,
  ...membershipData,
  ...sectionData,
  ...groupData,
  ...directData,
  ...seenData,
  ...linkCardData,
  ...notifyData,
  ...pushData,
  ...savedData,
  ...threadData,
  ...reminderData,
  ...scheduledData,
  ...fileData,
  // Work under way, and requests that were answered: nothing to export.
  { table: 'mails' },
  { table: 'missed_mails' },
  { table: 'join_requests' },
]
