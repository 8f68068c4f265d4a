// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { actOf, roomBeside, type Press } from '../../../web/rooms/shell-keys.ts'
import { keyNames } from '../../../web/ui/keys.ts'

const press = (keys: string): Press => {
  const parts = keys.split(' ')
  const has = (name: string) => parts.includes(name)
  return {
    key: parts.at(-1) ?? '',
    ctrlKey: has('Ctrl'),
    metaKey: has('Meta'),
    altKey: has('Alt'),
    shiftKey: has('Shift'),
  }
}

it.each([
  ['Ctrl k', 'switch'],
  ['Ctrl K', 'switch'],
  ['Ctrl /', 'help'],
  ['Shift Escape', 'readAll'],
  ['Alt ArrowUp', 'roomUp'],
  ['Alt ArrowDown', 'roomDown'],
  ['Alt Shift ArrowUp', 'unreadUp'],
  ['Alt Shift ArrowDown', 'unreadDown'],
  ['F6', 'paneNext'],
  ['Shift F6', 'paneBefore'],
])('%s asks for %s, wherever the focus is', (keys, act) => {
  expect([actOf(press(keys), false, false), actOf(press(keys), true, false)]).toEqual([act, act])
})

it('a single key does something in a list of messages only', () => {
  for (const [keys, act] of [
    ['/', 'search'],
    ['Shift ?', 'help'],
  ] as const)
    expect([actOf(press(keys), false, false), actOf(press(keys), true, false)]).toEqual([undefined, act])
})

it('keys of the field, the browser or nobody are left alone', () => {
  for (const keys of [
    'k',
    'Escape',
    'ArrowUp',
    'Ctrl Shift k',
    'Ctrl Alt k',
    'Ctrl Alt ArrowUp',
    'Meta k',
    'Shift K',
  ])
    expect([keys, actOf(press(keys), false, false)]).toEqual([keys, undefined])
})

it('on a Mac it is Command, and keys have their symbols', () => {
  expect(actOf(press('Meta k'), true, true)).toBe('switch')
  expect(actOf(press('Ctrl k'), true, true)).toBeUndefined()
  expect([keyNames('Mod K', true), keyNames('Alt Shift ↑', true)]).toEqual(['⌘ K', '⌥ ⇧ ↑'])
  expect([keyNames('Mod K', false), keyNames('Alt Shift ↑', false)]).toEqual(['Ctrl K', 'Alt Shift ↑'])
})

const rooms = ['a', 'b', 'c'].map((id) => ({ id, unread: id === 'b' ? 0 : 1 }))
it('rooms wrap around the end of the list; those without unread messages are skipped on request', () => {
  expect(roomBeside(rooms, 'a', 1)?.id).toBe('b')
  expect(roomBeside(rooms, 'a', -1)?.id).toBe('c')
  expect(roomBeside(rooms, 'c', 1)?.id).toBe('a')
  expect(roomBeside(rooms, undefined, 1)?.id).toBe('a')
  expect(roomBeside(rooms, undefined, -1)?.id).toBe('c')
  const unread = ({ unread }: { unread: number }) => unread > 0
  expect(roomBeside(rooms, 'a', 1, unread)?.id).toBe('c')
  expect(roomBeside(rooms, 'c', 1, unread)?.id).toBe('a')
  expect(roomBeside([{ id: 'a' }], 'a', 1)).toBeUndefined()
  expect(roomBeside([], undefined, -1)).toBeUndefined()
})
