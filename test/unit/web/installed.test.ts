// The installed app: links of its own, what is shared with it, and the one hint that it can be installed.
import { describe, expect, test } from 'vitest'
import { endHint, isTimeForHint } from '../../../web/installed/hint.ts'
import { pathOfLaunch } from '../../../web/installed/launches.ts'
import { openLink } from '../../../web/installed/link.ts'
import { asDraft, withDraft } from '../../../web/shared-in/as-draft.ts'

const host = 'chat.example.org:8443'

test.each([
  [`web+brook://${host}/rooms/7/12?a=1`, { path: '/rooms/7/12?a=1' }],
  ['web+brook:/rooms/7', { path: '/rooms/7' }],
  ['web+brook://other.example.org/rooms/7', { elsewhere: 'other.example.org' }],
  ['web+brook://chat.example.org/rooms/7', { elsewhere: 'chat.example.org' }],
  [`web+brook://ann@${host}/rooms/7`, 'unreadable'],
  ['web+brook:javascript:alert(1)', 'unreadable'],
  ['web+brook:http://chat.example.org:8443/rooms/7', 'unreadable'],
  ['https://chat.example.org:8443/rooms/7', 'unreadable'],
  ['undefined', 'unreadable'],
])('the link %s', (link, opened) => expect(openLink(link, host)).toEqual(opened))

test.each([
  [`https://${host}/inbox?a=1`, '/inbox?a=1'],
  [`https://${host}/`, undefined],
  [`https://${host}/share`, undefined],
  ['', undefined],
])('a launch at %s', (address, path) => expect(pathOfLaunch(address)).toBe(path))

describe('what is shared, as a draft', () => {
  test.each([
    [{ title: '', text: 'hello', url: '' }, 'hello'],
    [{ title: 'News', text: '', url: 'https://example.org/1' }, 'News\nhttps://example.org/1'],
    [
      { title: 'News', text: 'News: https://example.org/1', url: 'https://example.org/1' },
      'News: https://example.org/1',
    ],
    [{ title: 'same', text: 'same', url: '' }, 'same'],
    [{ title: '', text: '', url: '' }, ''],
  ])('%o', (shared, text) => expect(asDraft(shared)).toBe(text))

  test('goes below what is being written', () => {
    expect(withDraft('', 'new')).toBe('new')
    expect(withDraft('begun \n', 'new')).toBe('begun\nnew')
    expect(withDraft('begun', '')).toBe('begun')
  })
})

describe('the hint', () => {
  const storage = (kept?: string) => {
    const all = new Map(kept === undefined ? [] : [['brook.installHint', kept]])
    return {
      getItem: (key: string) => all.get(key) ?? null,
      setItem: (key: string, text: string) => void all.set(key, text),
    }
  }

  test('comes on the third day, and never again', () => {
    const here = storage()
    expect(['2026-12-01', '2026-12-01', '2026-12-05'].map((day) => isTimeForHint(here, day))).toEqual([
      false,
      false,
      false,
    ])
    expect(isTimeForHint(here, '2026-12-09')).toBe(true)
    endHint(here)
    expect(isTimeForHint(here, '2026-12-10')).toBe(false)
    expect(isTimeForHint(here, '2027-12-10')).toBe(false)
  })

  test('begins anew where what was noted is damaged', () => {
    expect(isTimeForHint(storage('{'), '2026-12-01')).toBe(false)
  })
})
