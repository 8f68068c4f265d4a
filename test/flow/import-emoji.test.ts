// Emoji of other systems come with their history: from a Slack export with a list of them, and from another Brook.
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OtherBrook } from '../../server/import/brook/source.ts'
import { Remote } from '../../server/import/brook/remote.ts'
import { runImport, type Summary } from '../../server/import/run.ts'
import { SlackExport } from '../../server/import/slack/export.ts'
import type { NotTaken, Refuse, Source } from '../../server/import/source.ts'
import type { CustomEmoji, CustomEmojiListAnswer } from '../../server/protocol/custom-emoji.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { testFolder } from '../support/folder.ts'
import type { Person } from '../support/person.ts'
import { writeExport, type ExportFiles } from '../support/slack-export.ts'
import { until } from '../support/until.ts'

let brook: Brook
let reader: Person
beforeAll(async () => {
  brook = await Brook.start()
  reader = await brook.arrive('Reader')
})
afterAll(() => brook.stop())
const folder = testFolder()

const picture = (background: string) =>
  sharp({ create: { width: 32, height: 32, channels: 3, background } })
    .png()
    .toBuffer()

async function bring(open: (refuse: Refuse) => Promise<Source>, dryRun = false) {
  const refused: NotTaken[] = []
  const source = await open((one) => void refused.push(one))
  try {
    const summary: Summary = await runImport({
      config: brook.config,
      source,
      rate: 100_000,
      dryRun,
      matchUsers: false,
      refuse: (one) => void refused.push(one),
      say: () => undefined,
      signal: new AbortController().signal,
    })
    return { ...summary, refused }
  } finally {
    source.close()
  }
}
const emojiOf = async (who: Person): Promise<CustomEmoji[]> =>
  (await who.ask<CustomEmojiListAnswer>('GET', '/api/emoji')).body.emoji
async function read(name: string): Promise<SpokenMessage[]> {
  const room = (await reader.rooms()).find((one) => one.name === name)
  return (await reader.page('limit=200', room?.id)).messages as SpokenMessage[]
}

const text = (ts: string, more: object) => ({ type: 'message', user: 'U1', ts, text: 'hi', ...more })
async function workspace(): Promise<ExportFiles> {
  return {
    'users.json': [{ id: 'U1', team_id: 'T9', profile: { display_name: 'Sla' } }],
    'channels.json': [{ id: 'C1', name: 'harbour', members: ['U1'] }],
    'emoji.json': {
      ok: true,
      emoji: {
        shipit: 'https://elsewhere.example/shipit.png',
        squirrel: 'alias:shipit',
        chippy: 'alias:squirrel',
        yes: 'alias:thumbsup',
        round: 'alias:about',
        about: 'alias:round',
        lost: 'https://elsewhere.example/lost.png',
        tada: 'https://elsewhere.example/tada.png',
        broken: 'https://elsewhere.example/broken.png',
      },
    },
    'emoji/shipit.png': await picture('teal'),
    'emoji/tada.png': await picture('pink'),
    'emoji/broken.gif': 'no image',
    'emoji/loose.png': await picture('gold'),
    'harbour/2020-01-01.json': [
      text('1577880001.000000', {
        text: 'ready :shipit: :squirrel: :tada:',
        reactions: [
          { name: 'squirrel', users: ['U1'], count: 1 },
          { name: 'yes', users: ['U1'], count: 1 },
          { name: 'lost', users: ['U1'], count: 1 },
        ],
      }),
    ],
  }
}

test('a Slack export with its emoji: images, aliases, reactions and texts; run again, nothing is added', async () => {
  const file = await writeExport(await workspace(), folder)
  const slack = (refuse: Refuse) => SlackExport.open(file, refuse)
  const before = await emojiOf(reader)
  expect(await bring(slack, true)).toMatchObject({ emoji: 2 })
  expect(await emojiOf(reader)).toEqual(before)
  const first = await bring(slack)
  expect(first.emoji).toBe(2)
  expect(first.refused.filter(({ place }) => place.startsWith('emoji'))).toEqual([
    { place: 'emoji.json: lost', why: 'its image could not be had', expected: false },
    { place: 'emoji.json: broken', why: expect.stringContaining('not an image') as string, expected: false },
  ])
  expect(first.refused.map(({ why }) => why)).toContain('the reaction :lost: does not exist here')
  const found = await until(
    () => emojiOf(reader),
    (all) => all.length === 2,
  )
  expect(found.map(({ name, aliases, by }) => [name, aliases, by])).toEqual([
    ['loose', [], null],
    ['shipit', ['chippy', 'squirrel'], null],
  ])
  const [message] = await read('harbour')
  expect(message?.text).toBe('ready :shipit: :squirrel: 🎉')
  expect(message?.reactions.map(({ emoji }) => emoji)).toEqual([':shipit:', '👍'])
  expect(await bring(slack)).toMatchObject({ emoji: 0, messages: 0, reactions: 0 })
})

test('another Brook: its emoji and their names', async () => {
  const there = await Brook.start()
  try {
    const root = await there.enter('Root There')
    await there.makesAdmin(root)
    const answer = await fetch(`${root.address}/api/emoji?name=anchorage`, {
      method: 'POST',
      headers: { cookie: root.cookie, origin: root.address, 'content-type': 'image/png' },
      body: new Uint8Array(await picture('navy')),
    })
    const { emoji } = (await answer.json()) as { emoji: CustomEmoji }
    await root.ask('PATCH', `/api/emoji/${emoji.id}`, { aliases: ['mooring'] })
    await there.meet(root)
    const { seq } = await root.acked(root.says('down :anchorage:'))
    const cid = newCid()
    root.tells({ type: 'react', room: root.room, seq, emoji: ':mooring:', on: true, cid })
    await root.acked(cid)
    const token = root.cookie.replace(/^[^=]*=/, '').split(';')[0] ?? ''
    const other = (refuse: Refuse) => {
      const remote = new Remote({ address: root.address, token, say: () => undefined, waitMs: () => 0 })
      return Promise.resolve(new OtherBrook(root.address, remote, refuse))
    }
    expect(await bring(other)).toMatchObject({ emoji: 1, messages: 1 })
    const found = await until(
      () => emojiOf(reader),
      (all) => all.some(({ name }) => name === 'anchorage'),
    )
    expect(found.find(({ name }) => name === 'anchorage')?.aliases).toEqual(['mooring'])
    const room = (await reader.rooms()).find(({ name }) => name.startsWith('meeting'))
    const { messages } = await reader.page('limit=200', room?.id)
    expect((messages.at(-1) as SpokenMessage).reactions.map((one) => one.emoji)).toEqual([':anchorage:'])
  } finally {
    await there.stop()
  }
})
