import { describe, expect, it } from 'vitest'
import type { OfferedCommand } from '../../../server/protocol/http.ts'
import { matching, nameBeing, readTyped } from '../../../web/conversation/composer/slash.ts'

const bot = { id: '9', name: 'dice', bot: true as const }
const offered = (...names: string[]): OfferedCommand[] =>
  names.map((name) => ({ name, usage: '', help: `help of ${name}`, user: bot }))

describe('a line that begins with a slash', () => {
  it.each([
    ['hello', { say: 'hello' }],
    [' /roll', { say: ' /roll' }],
    ['//etc/hosts', { say: '/etc/hosts' }],
    ['/roll', { name: 'roll', args: '' }],
    ['/Roll  2d6 ', { name: 'roll', args: '2d6' }],
    ['/poll a?\n| b\n| c', { name: 'poll', args: 'a?\n| b\n| c' }],
    ['/etc/hosts', { name: 'etc/hosts', args: '' }],
    ['/', { name: '', args: '' }],
  ])('%j is %j', (text, typed) => expect(readTyped(text)).toEqual(typed))

  it('is completed while its name is typed, and no longer', () => {
    expect(['/', '/Ro', '/roll '].map(nameBeing)).toEqual(['', 'ro', undefined])
    expect(['//', 'a/', '/a/b', ''].map(nameBeing)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('is first matched by names that begin with it', () => {
    const names = matching(offered('poll', 'roll', 'ol'), 'ol').map(({ name }) => name)
    expect(names).toEqual(['ol', 'poll', 'roll'])
  })
})
