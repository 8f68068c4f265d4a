// The workspace's own emoji: who adds them, what they are called, and that each server, browser and bot has them.
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { CustomEmoji, CustomEmojiListAnswer } from '../../server/protocol/custom-emoji.ts'
import type { CustomEmojiEvent, Welcome } from '../../server/protocol/events.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { customEmojiLimits } from '../../server/protocol/custom-emoji-limits.ts'
import type { MeAnswer } from '../../server/protocol/naming.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())
let round = 0
beforeEach(async () => {
  round += 1
  ann = await brook.enter(`Ann ${round}`)
  bob = await brook.enter(`Bob ${round}`, 1)
  await brook.meet(ann, bob)
})

const fresh = (name: string) => `${name}_${round}`
const still = (background = 'teal', format: 'png' | 'jpeg' | 'webp' = 'png', width = 64, height = 48) =>
  sharp({ create: { width, height, channels: 3, background } })
    .toFormat(format)
    .toBuffer()
async function moving(frames = 3, size = 40): Promise<Buffer> {
  const pictures = await Promise.all(
    Array.from({ length: frames }, (_, at) =>
      sharp({
        create: {
          width: size,
          height: size,
          channels: 3,
          background: { r: (at * 97) % 256, g: at % 2 === 0 ? 0 : 255, b: (at * 41) % 256 },
        },
      })
        .png()
        .toBuffer(),
    ),
  )
  return sharp(pictures, { join: { animated: true } })
    .gif()
    .toBuffer()
}

interface Added {
  emoji: CustomEmoji
  error?: { code: string }
}
async function sends(who: Person, name: string, bytes: Buffer, type = 'image/png') {
  return fetch(`${who.address}/api/emoji?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { cookie: who.cookie, origin: who.address, 'content-type': type },
    body: new Uint8Array(bytes),
  })
}
async function adds(who: Person, name: string, bytes?: Buffer): Promise<CustomEmoji> {
  const answer = await sends(who, name, bytes ?? (await still()))
  const body = (await answer.json()) as Added
  expect(body.error).toBeUndefined()
  return body.emoji
}
const refused = async (who: Person, name: string, bytes?: Buffer, type?: string) =>
  ((await (await sends(who, name, bytes ?? (await still()), type)).json()) as Added).error?.code
const list = async (who: Person) => (await who.ask<CustomEmojiListAnswer>('GET', '/api/emoji')).body
const names = async (who: Person) => (await list(who)).emoji.map(({ name }) => name)
const image = (who: Person, { id, v }: CustomEmoji, more = '') =>
  fetch(`${who.address}/api/emoji/${id}/image?v=${v}${more}`, { headers: { cookie: who.cookie } })
const everybodyAdds = (by: 'admins' | 'members') => root.ask('PATCH', '/api/workspace', { emoji: by })

const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
const reacts = async (who: Person, seq: number, emoji: string, on = true) => {
  const cid = newCid()
  who.tells({ type: 'react', room: who.room, seq, emoji, on, cid })
  return until(() =>
    who.heard.find((event) => (event.type === 'ack' || event.type === 'error') && event.cid === cid),
  )
}
const seen = async (seq: number): Promise<SpokenMessage> =>
  (await ann.page('limit=200')).messages.find((message) => message.seq === seq) as SpokenMessage

describe('an emoji', () => {
  test('is there for everybody on every server as soon as it is added', async () => {
    const made = await adds(root, `:${fresh('Party-Parrot')}:`)
    expect(made).toMatchObject({
      name: fresh('party-parrot'),
      aliases: [],
      by: { id: root.user.id, name: 'Root' },
      mayChange: true,
    })
    const told = await until(() =>
      bob.heard.findLast((event): event is CustomEmojiEvent => event.type === 'custom_emoji'),
    )
    const { emoji, version, mayAdd } = await until(
      () => list(bob),
      (answer) => answer.emoji.some(({ id }) => id === made.id),
    )
    expect(version).toBe(told?.version)
    expect(mayAdd).toBe(false)
    expect(emoji.find(({ id }) => id === made.id)?.mayChange).toBe(false)
    const dan = await brook.enter(`Dan ${round}`, 1)
    expect(dan.heard.find((event): event is Welcome => event.type === 'welcome')?.emoji).toBe(version)
  })

  test('is an image that is kept for ever and can be nothing else', async () => {
    const made = await adds(root, fresh('wide'), await still('tomato', 'jpeg', 400, 100))
    expect(made.animated).toBeUndefined()
    const answer = await image(ann, made)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
    })
    const { width, height, format } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
    expect([width, height, format]).toEqual([customEmojiLimits.sizePx, customEmojiLimits.sizePx, 'webp'])
    expect((await image(ann, { ...made, v: 'another' })).headers.get('cache-control')).toBe(
      'private, no-cache',
    )
    expect((await fetch(`${ann.address}/api/emoji/${made.id}/image`)).status).toBe(401)
  })

  test('that moves keeps moving, and has a picture that does not', async () => {
    const made = await adds(root, fresh('dance'), await moving(5))
    expect(made.animated).toBe(true)
    const pagesOf = async (more: string) =>
      (await sharp(Buffer.from(await (await image(ann, made, more)).arrayBuffer())).metadata()).pages ?? 1
    expect([await pagesOf(''), await pagesOf('&still=1')]).toEqual([5, 1])
  })

  test.each([
    ['nothing', () => Buffer.alloc(0), 'bad_image'],
    ['words', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'bad_image'],
    ['half of one', async () => (await still()).subarray(0, 60), 'bad_image'],
    ['too many bytes', () => Buffer.alloc(customEmojiLimits.uploadBytes + 1), 'emoji_too_large'],
    ['too many pictures', () => moving(customEmojiLimits.frames + 1, 8), 'emoji_too_large'],
    ['too many pixels', () => still('teal', 'png', 6_000, 5_000), 'emoji_too_large'],
  ])('is not made of %s', async (_what, bytes, code) => {
    expect(await refused(root, fresh('broken'), await bytes())).toBe(code)
    expect(await names(root)).not.toContain(fresh('broken'))
  })
})

describe('a name', () => {
  test.each([
    ['点赞', '点赞'],
    ['👍', undefined],
    ['a', undefined],
    ['赞', '赞'],
    ['12', undefined],
    ['-dash', undefined],
    ['with space', undefined],
    ['ＦＵＬＬ', 'full'],
    ['नमस्ते', 'नमस्ते'],
    ['x'.repeat(33), undefined],
  ])('%s', async (raw, name) => {
    if (name === undefined) expect(await refused(root, raw)).toBe('bad_emoji_name')
    else {
      expect((await adds(root, raw)).name).toBe(name)
      expect(await refused(root, raw)).toBe('emoji_name_taken')
    }
  })

  test.each(['tada', ':+1:', 'Thumbsup', '微笑', 'smile', 'flag-de'])(
    'of a built-in emoji is taken: %s',
    async (name) => {
      expect(['emoji_name_taken', 'bad_emoji_name']).toContain(await refused(root, name))
    },
  )

  test('may be another, with others beside it; each is one emoji’s', async () => {
    const [first, second] = [await adds(root, fresh('first')), await adds(root, fresh('second'))]
    const change = (id: string, body: object) => root.tries('PATCH', `/api/emoji/${id}`, body)
    expect(await change(first.id, { aliases: [fresh('one'), `:${fresh('ONE')}:`, fresh('uno')] })).toBe(200)
    expect(await change(second.id, { name: fresh('one') })).toBe('emoji_name_taken')
    expect(await change(second.id, { aliases: [fresh('first')] })).toBe('emoji_name_taken')
    expect(await change(second.id, { aliases: ['tada'] })).toBe('emoji_name_taken')
    const many = Array.from({ length: customEmojiLimits.aliases + 1 }, (_, at) => fresh(`many${at}`))
    expect(await change(second.id, { aliases: many })).toBe('too_many_emoji')
    // An alias of its own becomes its name.
    expect(await change(first.id, { name: fresh('one'), aliases: [fresh('first')] })).toBe(200)
    const found = (await list(root)).emoji.find(({ id }) => id === first.id)
    expect(found).toMatchObject({ name: fresh('one'), aliases: [fresh('first')] })
    expect(await change(second.id, { name: fresh('uno') })).toBe(200)
  })
})

test('who adds them is a setting: at first administrators, then everybody with an account', async () => {
  const password = 'correct horse battery'
  await bob.ask('POST', '/api/users', { name: `Cleo ${round}`, password })
  const member = await Person.signsIn(brook.servers[0]?.address ?? '', `Cleo ${round}`, password)
  expect(await refused(member, fresh('mine'))).toBe('no_emoji_right')
  const other = await adds(root, fresh('other'))
  await everybodyAdds('members')
  try {
    expect(await refused(ann, fresh('guest')), 'a guest').toBe('no_emoji_right')
    const mine = await adds(member, fresh('mine'))
    expect(mine.by?.name).toBe(member.user.name)
    expect((await list(member)).mayAdd).toBe(true)
    expect(await member.tries('PATCH', `/api/emoji/${other.id}`, { name: fresh('stolen') })).toBe(
      'no_emoji_right',
    )
    expect(await member.tries('DELETE', `/api/emoji/${other.id}`)).toBe('no_emoji_right')
    expect(await member.tries('PATCH', `/api/emoji/${mine.id}`, { name: fresh('ours') })).toBe(200)
    await everybodyAdds('admins')
    expect(await member.tries('DELETE', `/api/emoji/${mine.id}`)).toBe('no_emoji_right')
    expect(await root.tries('DELETE', `/api/emoji/${mine.id}`)).toBe(204)
  } finally {
    await everybodyAdds('admins')
  }
})

describe('a reaction', () => {
  test('is one of them by its own name, on every server, in the log and in the archive', async () => {
    const made = await adds(root, fresh('ship'))
    await root.ask('PATCH', `/api/emoji/${made.id}`, { aliases: [fresh('boat')] })
    const seq = await says(ann, `look :${fresh('ship')}:`)
    expect((await reacts(ann, seq, `:${fresh('SHIP')}:`))?.type).toBe('ack')
    // The other server hears of the new name a moment later.
    await until(
      () => reacts(bob, seq, `:${fresh('boat')}:`),
      (answer) => answer?.type === 'ack',
    )
    const kinds = async () => (await seen(seq)).reactions.map(({ emoji, users }) => [emoji, users.length])
    expect(await kinds()).toEqual([[`:${fresh('ship')}:`, 2]])
    await brook.archive()
    expect(await kinds()).toEqual([[`:${fresh('ship')}:`, 2]])
    const path = `/api/rooms/${ann.room}/messages/${seq}/reactions`
    const boat = encodeURIComponent(`:${fresh('boat')}:`)
    expect(await ann.tries('DELETE', `${path}/${boat}`, { cid: newCid() })).toBe(200)
    expect(await kinds()).toEqual([[`:${fresh('ship')}:`, 1]])
  })

  test('is refused if there is none of this name', async () => {
    const seq = await says(ann, 'nothing here')
    for (const key of [':no-such-emoji:', 'no-such-emoji', '::', ':tada:', ':'])
      expect(await reacts(ann, seq, key), key).toMatchObject({ type: 'error', code: 'bad_emoji' })
    expect(await reacts(ann, seq, ':no-such-emoji:', false)).toMatchObject({ type: 'ack' })
  })

  test('stays under its name when the emoji is renamed or removed, and may be taken away', async () => {
    const made = await adds(root, fresh('brief'))
    const seq = await says(ann, 'hello')
    await reacts(ann, seq, `:${fresh('brief')}:`)
    await root.ask('PATCH', `/api/emoji/${made.id}`, { name: fresh('long') })
    expect((await seen(seq)).reactions.map(({ emoji }) => emoji)).toEqual([`:${fresh('brief')}:`])
    expect(await root.tries('DELETE', `/api/emoji/${made.id}`)).toBe(204)
    expect((await image(ann, made)).status).toBe(404)
    expect(await reacts(bob, seq, `:${fresh('long')}:`).then(() => names(root))).not.toContain(fresh('long'))
    expect((await reacts(ann, seq, `:${fresh('brief')}:`, false))?.type).toBe('ack')
    expect((await seen(seq)).reactions).toEqual([])
  })
})

test('a status may have one, by any of its names', async () => {
  const made = await adds(root, fresh('tea'))
  await root.ask('PATCH', `/api/emoji/${made.id}`, { aliases: [fresh('cha')] })
  const sets = (emoji: string) => ann.tries('PATCH', '/api/me', { status: { emoji, text: 'tea' } })
  expect(await sets(`:${fresh('cha')}:`)).toBe(200)
  const { body } = await ann.ask<MeAnswer>('GET', '/api/me')
  expect(body.profile.status?.emoji).toBe(`:${fresh('tea')}:`)
  expect(await sets(':no-such-emoji:')).toBe('bad_status')
})

test('what was done is in the audit log', async () => {
  const made = await adds(root, fresh('noted'))
  await root.ask('PATCH', `/api/emoji/${made.id}`, { name: fresh('renoted'), aliases: [fresh('old')] })
  await root.ask('DELETE', `/api/emoji/${made.id}`)
  const { body } = await root.ask<AuditAnswer>('GET', '/api/admin/audit')
  const about = body.entries.filter((entry) => entry.about.id === made.id && entry.kind.startsWith('emoji'))
  expect(about.map(({ kind, about: { name, changed } }) => [kind, name, changed])).toEqual([
    ['emoji_added', `:${fresh('noted')}:`, undefined],
    ['emoji_changed', `:${fresh('noted')}:`, { name: `:${fresh('renoted')}:`, aliases: `:${fresh('old')}:` }],
    ['emoji_removed', `:${fresh('renoted')}:`, undefined],
  ])
})
