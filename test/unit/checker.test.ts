// The checker of the torture run: it passes what is sound, and sees each kind of violation.
import { expect, test } from 'vitest'
import { judge, type Evidence, type Kept } from '../fault/checker.ts'
import { Histories, type Violation } from '../fault/histories.ts'
import { MeantEnd } from '../fault/meant-end.ts'
import { WireOrder } from '../fault/wire-order.ts'
import { newCid } from '../../server/protocol/cid.ts'

test('a resume takes the order back once, however late its answer comes', () => {
  const order = new WireOrder()
  const hears = (...numbers: number[]): (number | undefined)[] => numbers.map((seq) => order.hears('1', seq))
  expect(hears(5, 6)).toEqual([undefined, undefined])
  order.resumed({ 1: 4 })
  // 7 was sent before the server read the resume.
  expect(hears(7, 5, 6, 7, 8)).toEqual([undefined, undefined, undefined, undefined, undefined])
  expect(hears(7)).toEqual([8])
  expect(hears(8, 9)).toEqual([undefined, undefined])
  // What it did not ask for is out of order all the same.
  order.resumed({ 1: 8 })
  expect(hears(3)).toEqual([9])
  order.restart()
  expect(hears(1)).toEqual([undefined])
})

test('a process that was told to end has not crashed, whatever happens to it until it has ended', () => {
  const end = new MeantEnd()
  end.restart()
  expect([end.isMeant(null), end.isMeant('SIGKILL'), end.isMeant('SIGTERM')]).toEqual([false, false, false])
  // Armed beside: it may die of that, even after it was disarmed, and of nothing else.
  end.armed()
  expect([end.isMeant(null), end.isMeant('SIGKILL')]).toEqual([false, true])
  end.told()
  end.armed()
  // Too slow to drain, too early for its handlers, or as it should.
  expect([null, 'SIGTERM', 'SIGKILL'].map((signal) => end.isMeant(signal as null))).toEqual([
    true,
    true,
    true,
  ])
  end.restart()
  expect(end.isMeant('SIGKILL')).toBe(false)
})

const room = '7'
const cids = Array.from({ length: 3 }, () => newCid())

/** Ann has said three things, which are acknowledged, archived, and shown to Bob. */
function sound(): { histories: Histories; evidence: Evidence } {
  const histories = new Histories()
  const rows: Kept[] = cids.map((content, index) => {
    const [seq, text] = [index + 1, `word ${index}`]
    histories.says({ cid: content, room, user: '1', by: 'ann', text, at: index })
    histories.acknowledged(content, room, seq)
    return { room, seq, user: '1', content, text, id: { ms: seq, n: 0 } }
  })
  Object.assign(histories.view('bob', room), { base: 0, upTo: 3, have: [undefined, ...cids] })
  const stream = rows.map((row) => ({ ...row }))
  return {
    histories,
    evidence: { rows, stream, changes: [], states: new Map(), silent: new Set(), dead: [] },
  }
}

const kinds = (violations: Violation[]): string[] => [...new Set(violations.map(({ kind }) => kind))].sort()

test('what is sound passes', () => {
  const { histories, evidence } = sound()
  expect(judge(histories, evidence)).toEqual({ violations: [], lostByDisk: 0, unknown: 0, refused: 0 })
})

const third = ({ rows, stream }: Evidence): Kept[] => [rows, stream].flatMap((kept) => kept[2] ?? [])

test.each<[string, (evidence: Evidence, histories: Histories) => void, string[]]>([
  ['no row', ({ rows }) => rows.pop(), ['differing', 'lost']],
  ['nothing anywhere', ({ rows, stream }) => [rows.pop(), stream.pop()], ['differing', 'lost']],
  [
    'twice',
    ({ rows, stream }) =>
      [rows, stream].map((kept) => kept.push({ ...kept[2], seq: 4, id: { ms: 4, n: 0 } } as Kept)),
    ['differing', 'doubled'],
  ],
  ['other words', (evidence) => third(evidence).map((kept) => (kept.text = 'other')), ['differing']],
  [
    'a number too many',
    (evidence) => third(evidence).map((kept) => (kept.seq = 4)),
    ['differing', 'not dense'],
  ],
  ['ids that go back', ({ rows }) => rows[2] && (rows[2].id = { ms: 1, n: 0 }), ['disordered']],
  ['a hole', (_evidence, histories) => delete histories.view('bob', room).have[2], ['silent hole']],
  [
    'a refusal',
    (_evidence, histories) => histories.refused(cids[2] ?? '', 'bad_text'),
    ['refused but there'],
  ],
  ['a dead letter', ({ dead }) => dead.push({ id: '1-0', reason: 'why', entry: '' }), ['lost']],
])('it sees %s', (_name, breaks, seen) => {
  const { histories, evidence } = sound()
  breaks(evidence, histories)
  expect(kinds(judge(histories, evidence).violations)).toEqual(seen)
})
