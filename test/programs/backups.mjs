// A backup, or the restore of one, as a process that a test kills: `{ do, config, place, name, passphrase }` as JSON.
import { backUp } from '../../server/backup/back-up.ts'
import { openPlace } from '../../server/backup/place.ts'
import { restore } from '../../server/backup/restore.ts'

const { do: what, config, place, ...rest } = JSON.parse(process.argv[2] ?? '')
const options = { ...rest, place: openPlace(place) }
if (what === 'restore') await restore(config, options)
else await backUp(config, options)
process.exit()
