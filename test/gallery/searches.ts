// Search in the gallery: nothing typed, hits, no hits, failed, and the hard cases.
import { h, ref, type Component } from 'vue'
import { parseQuery } from '../../server/protocol/query.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { Hit } from '../../server/protocol/search.ts'
import SearchScreen from '../../web/search/SearchScreen.vue'
import ShellScreen from '../../web/rooms/ShellScreen.vue'
import { listView } from './list-fixture.ts'
import { said } from './messages.ts'
import { ann, at, deploys, joined, lisi, long, manyRooms, mara, noor, wang } from './people.ts'

/** Highlights every occurrence of these words. */
function hit(room: string, message: SpokenMessage, words: string[], more: Partial<Hit> = {}): Hit {
  const ranges = words.flatMap((word) =>
    [...message.text.matchAll(new RegExp(word, 'gi'))].map(({ index }): [number, number] => [
      index,
      index + word.length,
    ]),
  )
  return { room, message, ranges: ranges.sort(([a], [b]) => a - b), ...more }
}

const hits: Hit[] = [
  hit('8', said(214, wang, '升级Redis7失败，我先回滚到 7.0', at(9, 41)), ['redis', '失败'], {
    before: said(213, lisi, '十点的窗口还来得及吗？', at(9, 40)),
    after: said(215, mara, '好的，日志我来看', at(9, 42)),
  }),
  hit(
    '9',
    said(
      91,
      deploys,
      'redis 7.2.1 rolled out to 3 of 4 hosts; the last one 失败: connection refused',
      at(18, 2, 1),
    ),
    ['redis', '失败'],
  ),
  hit(
    '7',
    said(
      48_001,
      noor,
      `${'Before that there is a long story. '.repeat(14)}Then redis 失败 again.${' And on it goes.'.repeat(20)}`,
      at(8, 12, 40),
    ),
    ['redis', '失败'],
    {
      before: said(48_000, long, 'What happened in the night?', at(8, 11, 40)),
    },
  ),
]
const many: Hit[] = Array.from({ length: 7 }, (_, n) =>
  hits.map((one) => ({ ...one, message: { ...one.message, seq: one.message.seq + n } })),
).flat()
const hard: Hit[] = [
  hit('40', said(9, long, 'a'.repeat(400), at(9, 0)), ['a'.repeat(400)]),
  hit('41', said(10, noor, 'مرحبا redis كيف الحال اليوم', at(9, 0, 400)), ['redis']),
  hit('7', said(11, ann, 'line one\nredis on line two\n\n    indented redis', at(9, 0, 2)), ['redis']),
]

type Search = InstanceType<typeof SearchScreen>['$props']['search']
const screen =
  (words: string, more: Partial<Search> = {}, rooms = joined): (() => Component) =>
  () => {
    const typed = ref(words)
    const roomOf = (room: string) =>
      manyRooms.find(({ id }) => id === room) ?? { name: room, kind: 'public' as const }
    return () =>
      h(
        ShellScreen,
        {
          user: ann,
          link: 'live',
          status: 'ready',
          joined: rooms,
          here: undefined,
          view: 'room',
        },
        () =>
          h(SearchScreen, {
            modelValue: typed.value,
            'onUpdate:modelValue': (next: string) => (typed.value = next),
            search: {
              ...listView({ next: 'more' }),
              query: parseQuery(typed.value),
              hits,
              answer: { complete: true, words: parseQuery(words).words },
              recent: [],
              remember: () => undefined,
              again: () => undefined,
              ...more,
            },
            roomOf,
            names: {
              rooms: joined.map(({ name }) => name),
              people: [wang.name, mara.name, lisi.name, long.name],
            },
          }),
      )
  }

export const searches: Record<string, () => Component> = {
  'search-start': screen('', { status: 'idle', hits: [] }),
  'search-recent': screen('', {
    status: 'idle',
    hits: [],
    recent: [
      'redis 失败',
      'in:garden from:me has:link',
      'a search that somebody made with a great many words in it, for whatever reason',
    ],
  }),
  'search-found': screen('redis 失败'),
  'search-many': screen('redis 失败', { hits: many }),
  'search-all': screen('redis 失败 in:产品讨论 after:2026-01', { hits: hits.slice(0, 1), next: null }),
  'search-hard': screen(`redis ${'a'.repeat(400)}`, { hits: hard }, manyRooms),
  'search-completing': screen('redis in:', { status: 'idle', hits: [] }),
  'search-loading': screen('redis', { status: 'loading', hits: [] }),
  'search-none': screen('nothing like this', { hits: [], next: null }),
  'search-none-yet': screen('from:me has:reaction', { hits: [], answer: { complete: false, words: [] } }),
  'search-bad': screen('redis before:soon', { status: 'idle', hits: [] }),
  'search-failed': screen('redis', {
    status: 'failed',
    hits: [],
    refusal: { code: 'history_unavailable', retryAfterMs: 3_000 },
  }),
}
