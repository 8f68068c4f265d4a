// Search: from memory, from the archive, in the rooms that the person may read and no others.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { SearchAnswer } from '../../server/protocol/search.ts'
import { searchLag } from '../../server/search/lag.ts'
import { blockOf, blockSize, unpack } from '../../server/search/postings.ts'
import { rebuild } from '../../server/search/rebuild.ts'
import { runIndexer } from '../../server/search/run-indexer.ts'
import { tokensOf } from '../../server/search/tokens.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob')
  const { id } = await ann.makes('搜索 search')
  await bob.joins(id)
  await bob.event('room')
})
afterAll(() => brook.stop())

const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
const keep = async (): Promise<void> => {
  await brook.archive()
  await brook.index()
}

async function search(who: Person, query: Record<string, string | number>): Promise<SearchAnswer> {
  const text = new URLSearchParams(
    Object.entries(query).map(([key, value]) => [key, String(value)]),
  ).toString()
  const { status, body } = await who.ask<SearchAnswer>('GET', `/api/search?${text}`)
  if (status !== 200) throw new Error(`no answer: ${status} ${JSON.stringify(body)}`)
  return body
}
const texts = async (who: Person, q: string): Promise<string[]> =>
  (await search(who, { q })).hits.map(({ message }) => message.text)
const refusal = async (query: string): Promise<{ status: number; code: string; message: string }> => {
  const { status, body } = await ann.ask<{ error: { code: string; message: string } }>(
    'GET',
    `/api/search?${query}`,
  )
  return { status, ...body.error }
}

test('words are found the same before they are archived, afterwards, and once they are indexed', async () => {
  const said = [
    '升级Redis7失败，先回滚',
    'Deploy of getUserName failed: Café CRÈME',
    'see https://example.com/docs?a=1 and `npm run build`',
    '🎉 v1.2.3 is out, 的确 👨‍👩‍👧',
    'κωδικός Hauptstraße ｻｰﾊﾞｰ مُحَمَّد שָׁלוֹם deploying ' + '한글 ガラス'.normalize('NFD'),
  ] as const
  for (const text of said) await says(ann, text)
  const [redis, deploy, link, party, world] = said
  const asked: [string, readonly string[]][] = [
    ['redis', [redis]],
    ['Redis7', [redis]],
    ['升级', [redis]],
    ['滚', [redis]],
    ['级Redis7失', [redis]],
    ['升级 失败', [redis]],
    ['升失', []],
    ['redi', [redis]],
    ['"redi"', []],
    ['redi 失败', []],
    ['redi* 失败', [redis]],
    ['edis', []],
    ['deplo', [deploy, world]],
    ['deploye', []],
    ['ΚΩΔΙΚΟΣ', [world]],
    ['HAUPTSTRASSE', [world]],
    ['サーバー', [world]],
    ['محمد', [world]],
    ['한글', [world]],
    ['cafe creme', [deploy]],
    ['"creme"', [deploy]],
    ['"café crème"', [deploy]],
    ['"crème café"', []],
    ['username', [deploy]],
    ['sername', []],
    ['userName', [deploy]],
    ['getusername', [deploy]],
    ['ＦＡＩＬＥＤ', [deploy]],
    ['example.com/docs', [link]],
    ['has:link', [link]],
    ['has:code build', [link]],
    ['1.2.3', [party]],
    ['🎉', [party]],
    ['👨', [party]],
    ['的', [party]],
    ['的确', [party]],
    ['is out', [party]],
    ['nowhere', []],
  ]
  const look = async (): Promise<Record<string, string[]>> => {
    const found = asked.map(async ([q]) => [q, (await texts(ann, `${q} in:"搜索 search"`)).sort()] as const)
    return Object.fromEntries(await Promise.all(found))
  }
  const wanted = Object.fromEntries(asked.map(([q, found]) => [q, [...found].sort()]))
  await until(look, (found) => found['🎉']?.length === 1)
  expect(await look()).toEqual(wanted)
  await brook.archive()
  expect(await look()).toEqual(wanted)
  expect(await brook.index()).toBeGreaterThan(0)
  expect(await look()).toEqual(wanted)
  // Only the index, without memory: another server, started now.
  await brook.serve()
  const fresh = await brook.enter('Fresh', 1)
  expect(await texts(fresh, '升级')).toEqual([redis])
  expect((await search(fresh, { q: '升级', room: ann.room })).behind).toBe(0)
})

test('a hit comes with its room, its neighbours, and the positions of the words', async () => {
  const before = await says(ann, 'before it')
  const seq = await says(bob, 'the 苹果 and the Äpfel')
  const after = await says(ann, 'after it')
  const find = (): Promise<SearchAnswer> => search(ann, { q: '苹果 apfel' })
  const { hits } = await until(find, ({ hits }) => hits[0]?.after?.seq === after)
  expect(hits).toMatchObject([
    {
      room: ann.room,
      message: { seq },
      before: { seq: before },
      after: { seq: after },
      ranges: [
        [4, 6],
        [15, 20],
      ],
    },
  ])
})

test('filters narrow by room, person, time and kind', async () => {
  const other = await bob.makes('elsewhere')
  await says(bob, 'filtered word')
  bob.room = ann.room
  const mine = await says(ann, 'filtered word here')
  const reacted = await says(bob, 'filtered word too')
  await bob.acked(does(bob, { type: 'react', seq: reacted, emoji: '👍', on: true }))
  await keep()
  const count = async (q: string, more = {}): Promise<number> =>
    (await search(ann, { q, ...more })).hits.length
  expect(await count('"filtered word"')).toBe(3)
  expect(await count('filtered in:elsewhere')).toBe(1)
  expect(await count('filtered', { room: other.id })).toBe(1)
  expect(await count('filtered from:me')).toBe(1)
  expect(await count('filtered from:@bob')).toBe(2)
  expect(await count('filtered from:bob in:"搜索 search"')).toBe(1)
  expect(await count('filtered has:reaction')).toBe(1)
  const today = new Date().toISOString().slice(0, 10)
  expect(await count(`filtered before:${today}`)).toBe(0)
  expect(await count(`filtered after:${today}`)).toBe(0)
  expect(await count('filtered after:2020')).toBe(3)
  const [hit] = (await search(ann, { q: 'filtered from:ann' })).hits
  expect(hit?.message.seq).toBe(mine)
  expect(await count('filtered', { after: hit?.message.at ?? 0 })).toBe(1)
  expect(await count('filtered', { before: hit?.message.at ?? 0 })).toBe(1)
})

test('a private room is searched by its members and nobody else', async () => {
  const room = ann.room
  const { id } = await ann.makes('hidden', 'private')
  await says(ann, 'unutterable')
  await keep()
  expect(await texts(ann, 'unutterable')).toEqual(['unutterable'])
  expect(await texts(bob, 'unutterable')).toEqual([])
  const { status, body } = await bob.ask<{ error: { code: string } }>(
    'GET',
    `/api/search?q=unutterable&room=${id}`,
  )
  expect([status, body.error.code]).toEqual([404, 'not_found'])
  ann.room = room
})

test('an edited message is found by its new words, and a deleted one by none, in memory and in the index', async () => {
  const seq = await says(ann, 'oldxyzzy stays 旧词')
  await keep()
  expect(await texts(ann, 'oldxyzzy')).toHaveLength(1)
  expect(await tokensWith(seq, 'oldxyzzy')).toBe(1)
  await ann.acked(does(ann, { type: 'edit', seq, text: 'newxyzzy stays 新词' }))
  await until(
    () => texts(ann, 'oldxyzzy'),
    (found) => found.length === 0,
  )
  await brook.archive()
  expect(await texts(ann, 'newxyzzy 新词')).toHaveLength(1)
  expect([await tokensWith(seq, 'oldxyzzy'), await tokensWith(seq, 'newxyzzy')]).toEqual([0, 1])
  await ann.acked(does(ann, { type: 'delete', seq }))
  await until(
    () => texts(ann, 'newxyzzy'),
    (found) => found.length === 0,
  )
  await brook.archive()
  expect(await allTokens(seq)).toBe(0)
  expect(await texts(ann, 'newxyzzy')).toEqual([])
})

test('pages continue where the last one ended: every hit once, newest first, over rooms', async () => {
  const home = ann.room
  const said: string[] = []
  const { id: second } = await ann.makes('second')
  for (let n = 0; n < 30; n += 1) {
    ann.room = n % 3 === 0 ? second : home
    const text = `pagedword ${n}`
    await says(ann, text)
    said.unshift(text)
    if (n === 20) await keep()
  }
  ann.room = home
  const found: string[] = []
  let cursor: string | null = ''
  for (let pages = 0; cursor !== null && pages < 20; pages += 1) {
    const answer: SearchAnswer = await search(ann, {
      q: 'pagedword',
      limit: 7,
      ...(cursor === '' ? {} : { cursor }),
    })
    found.push(...answer.hits.map(({ message }) => message.text))
    cursor = answer.cursor
    // Posted meanwhile: newer than the first page, so on none of the others.
    await says(ann, 'pagedword late')
  }
  expect(found).toEqual(said)
})

test('an invalid query is refused with a reason', async () => {
  expect(await refusal('q=')).toMatchObject({ status: 400, code: 'bad_query' })
  expect((await refusal('q=%20...%20')).message).toContain('no word')
  expect((await refusal('q=x%20before:soon')).message).toContain('"soon" is no day')
  expect((await refusal('q=x%20has:cheese')).message).toContain('"cheese"')
  expect((await refusal(`q=${'x'.repeat(501)}`)).message).toContain('500')
  expect(await refusal('q=x%20from:nobody-of-this-name')).toMatchObject({
    status: 404,
    code: 'no_such_person',
  })
  expect(await refusal('q=x%20in:nowhere')).toMatchObject({ status: 404, code: 'not_found' })
  expect(await refusal('q=x&cursor=!!')).toMatchObject({ status: 400, code: 'bad_cursor' })
})

test('a rebuild repairs the index, and an interrupted one is continued', async () => {
  const seq = await says(ann, 'mendable xylophone')
  await keep()
  const [token = 0] = missing('xylophone')
  await brook.db.run('DELETE FROM search_postings WHERE token = ?', [token])
  // Another server, which has none of it in memory.
  await brook.serve()
  const gus = await brook.enter('Gus', brook.servers.length - 1)
  expect(await texts(gus, 'xylophone')).toEqual([])
  const stop = new AbortController()
  const ended = rebuild(brook.db, { share: 100, signal: stop.signal, onProgress: () => stop.abort() })
  await expect(ended).rejects.toThrow()
  const done = await rebuild(brook.db, { share: 100, onProgress: () => undefined })
  expect(done.wentOn).toBe(true)
  expect(await texts(gus, 'xylophone')).toEqual(['mendable xylophone'])
  expect(await tokensWith(seq, 'xylophone')).toBe(1)
  const again = await rebuild(brook.db, { share: 100, onProgress: () => undefined })
  expect(again).toMatchObject({ wentOn: false, mended: 0 })
})

test('blocks of other rules are read directly, and indexed again in the background or by a rebuild', async () => {
  const kept = await says(ann, 'outmoded zebras')
  const gone = await says(ann, 'outmoded yaks')
  await keep()
  const outdate = (): Promise<unknown> => brook.db.run('UPDATE search_blocks SET rules = rules - 1')
  await outdate()
  await brook.db.run('DELETE FROM search_postings WHERE token = ?', [missing('zebras')[0] ?? 0])
  await brook.serve()
  const hal = await brook.enter('Hal', brook.servers.length - 1)
  const look = (): Promise<SearchAnswer> => search(hal, { q: 'zebr', room: ann.room })
  const before = await look()
  expect(before.hits.map(({ message }) => message.seq)).toEqual([kept])
  expect(before.behind).toBeGreaterThan(0)
  expect(await searchLag(brook.db)).toBeGreaterThan(0)
  // Nothing is left of the words of a message that is deleted meanwhile.
  await ann.acked(does(ann, { type: 'delete', seq: gone }))
  await says(ann, 'the last one')
  await brook.archive()
  expect(await allTokens(gone)).toBe(0)

  const told: number[] = []
  const errors: unknown[] = []
  const indexer = runIndexer(brook.db, {
    onError: (error) => void errors.push(error),
    onOutdated: (blocks) => void told.push(blocks),
  })
  indexer.wake()
  await until(
    () => told,
    () => told.at(-1) === 0,
  )
  await indexer.close()
  expect([errors, told.length, await searchLag(brook.db)]).toEqual([[], 2, 0])
  expect(await look()).toMatchObject({ hits: [{ message: { seq: kept } }], behind: 0 })
  expect(await tokensWith(kept, 'zebras')).toBe(1)
  expect(await allTokens(gone)).toBe(0)

  await outdate()
  await rebuild(brook.db, { share: 100, onProgress: () => undefined })
  expect(await searchLag(brook.db)).toBe(0)
  expect((await look()).hits).toHaveLength(1)
})

test('searches are counted', async () => {
  const before = await brook.metric('brook_searches_total{outcome="nothing"}')
  await texts(ann, 'certainlynothere')
  expect(await brook.metric('brook_searches_total{outcome="nothing"}')).toBe(before + 1)
  await keep()
  expect(await brook.metric('brook_search_lag')).toBe(0)
})

/** Sends a request about a message; returns its cid. */
function does(who: Person, command: { type: string; seq: number; [field: string]: unknown }): string {
  const cid = newCid()
  who.tells({ room: who.room, ...command, cid })
  return cid
}

async function rowsAt(seq: number, tokens?: number[]): Promise<number> {
  const rows = await brook.db.rows<{ token: number; offsets: Buffer }>(
    'SELECT token, offsets FROM search_postings WHERE room_id = ? AND block = ?',
    [ann.room, blockOf(seq)],
  )
  return rows.filter(
    ({ token, offsets }) => (tokens?.includes(token) ?? true) && unpack(offsets).includes(seq % blockSize),
  ).length
}
const missing = (word: string): number[] => {
  const nobody = tokensOf('', '0')
  return [...tokensOf(word, '0')].filter((token) => !nobody.has(token))
}
const allTokens = (seq: number): Promise<number> => rowsAt(seq)
const tokensWith = (seq: number, word: string): Promise<number> => {
  const nobody = tokensOf('', '0')
  return rowsAt(
    seq,
    [...tokensOf(word, '0')].filter((token) => !nobody.has(token)),
  )
}
