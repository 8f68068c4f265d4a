// brook doctor: compares all that Brook keeps while it runs, and repairs what can be; or looks at a running Brook from outside.
import { readConfig } from '../../config.ts'
import type { Db } from '../../db.ts'
import { examine } from '../../doctor/doctor.ts'
import { withDoctorDeps } from '../../doctor/open-deps.ts'
import { tell } from '../../doctor/told.ts'
import { lookFromOutside } from '../../doctor/outside/outside.ts'
import { findRoom } from '../../history/find-room.ts'
import { openExisting } from '../ready.ts'
import { UsageError, type Given, type Surroundings, type Verb } from '../verb.ts'

export const doctor: Verb = {
  usage: 'doctor [--room N] [--repair] [--json] | --url https://chat.example [--json]',
  about:
    'Compare the log, MySQL, the search index, counters, mentions, files and notifications, while people talk. ' +
    'It exits with 1 if something differs.\n' +
    'With --url it asks a running Brook from outside, as a browser would, and says what its proxy does wrong. See docs/DOCTOR.md.',
  options: {
    room: { type: 'string', value: 'N', about: 'only this room (its name, or id:NUMBER)' },
    repair: {
      type: 'boolean',
      about: 'rebuild what can be rebuilt from the log and the messages; words are never touched',
    },
    json: { type: 'boolean', about: 'print one JSON object' },
    url: { type: 'string', value: 'URL', about: 'look at the Brook at this address, through its proxy' },
  },
  positionals: 0,
  async run(given, at) {
    const { url } = given.flags
    return typeof url === 'string' ? outside(url, given, at) : inside(given, at)
  },
}

async function outside(address: string, { flags }: Given, { print }: Surroundings): Promise<number> {
  if (flags['repair'] === true || flags['room'] !== undefined)
    throw new UsageError('--url looks from outside; it takes neither --room nor --repair')
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url takes an address such as https://chat.example, not "${address}"`)
  const findings = await lookFromOutside(url)
  const ok = findings.every(({ wrong }) => wrong === undefined)
  if (flags['json'] === true) print(JSON.stringify({ ok, url: url.origin, findings }))
  else {
    for (const { name, wrong, well } of findings) print(`${name.padEnd(12)}  ${wrong ?? well}`)
    print(ok ? 'All is well.' : 'See docs/proxy.md.')
  }
  return ok ? 0 : 1
}

async function inside({ flags }: Given, { env, say, print }: Surroundings): Promise<number> {
  const repair = flags['repair'] === true
  const { config, stores } = await openExisting(readConfig(env), say, 'brook doctor', { reads: !repair })
  try {
    return await withDoctorDeps(config, async (deps) => {
      const room = await roomOf(deps.db, flags['room'])
      const report = await examine(deps, {
        room,
        repair,
        onCheck: ({ name }) => say(`doctor: ${name}`, 'passing'),
      })
      if (flags['json'] === true) print(JSON.stringify(report))
      else for (const line of tell(report, { repair })) print(line)
      return report.ok ? 0 : 1
    })
  } finally {
    await stores.stop()
  }
}

async function roomOf(db: Db, word: unknown): Promise<string | undefined> {
  if (typeof word !== 'string') return undefined
  const room = await findRoom(db, word)
  if (room === undefined) throw new UsageError(`there is no room "${word}"`)
  return room
}
