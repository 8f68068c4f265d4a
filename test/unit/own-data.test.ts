// Each table with rows of people is declared, so that their file has what is theirs and the end of their account takes it along.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ownTables } from '../../server/own-data/tables.ts'

/** Tables that have a person's id and are not that person's alone. */
const shared: Readonly<Record<string, string>> = {
  messages: 'what was said in rooms: it stays under "Former member", or is deleted step by step',
  changes: 'of messages, as above',
  reactions: 'of messages, as above',
  pins: 'of messages, as above',
  mentions: 'what others said of them',
  deleted_memberships: 'of a deleted room for a day; whoever has ended is not put back',
  endings: 'the end itself',
  founder: 'who was the first',
  invited: 'which invite brought somebody: of the invite',
  bans: 'who is kept out: of those who keep order',
  room_bans: 'who is kept out of a room: of those who keep order',
  incoming_hooks: 'whom a webhook posts as: of the room',
  bots: 'bots end otherwise',
  bot_departures: 'bots end otherwise',
}

const schema = readFileSync('migrations/schema.sql', 'utf8')
const withPeople = [...schema.matchAll(/CREATE TABLE (\w+) \((.*?)\n\);/gs)].flatMap(
  ([, table = '', columns = '']) => (/^ {2}user_id /m.test(columns) ? [table] : []),
)

test('every table with rows of people is declared once, or shared for a reason', () => {
  const named = [...ownTables.map(({ table }) => table), ...Object.keys(shared)]
  expect(withPeople).toContain('saved')
  expect(named.toSorted()).toEqual(withPeople.toSorted())
})
