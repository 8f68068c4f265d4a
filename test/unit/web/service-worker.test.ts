// What the service worker answers and keeps: the pure parts.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { answerOf, carriedOver, outdated } from '../../../web/worker/answers.ts'

const origin = 'https://chat.example.org'
const first = new Set(['/theme.js', '/assets/index-abcdefgh.js'])
const answer = (url: string, { method = 'GET', mode = 'cors' } = {}) =>
  answerOf({ method, mode, url: new URL(url, origin).href }, origin, first)
const page = (path: string) => answer(path, { mode: 'navigate' })

describe('which requests are answered', () => {
  test('each page of the app is the one that is kept', () => {
    const router = readFileSync(new URL('../../../web/router.ts', import.meta.url), 'utf8')
    const paths = [...router.matchAll(/path: '(\/[a-z-]*)/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(15)
    expect(paths.filter((path) => page(path) !== 'page')).toEqual([])
    expect(page('/rooms/7/12?focus=1#there')).toBe('page')
  })

  test.each([
    '/api/files/7/content',
    '/api/docs',
    '/api/oidc/start',
    '/docs',
    '/public/rooms/7',
    '/metrics',
    '/healthz',
    '/.well-known/change-password',
    '/assets/gone.js',
    '/robots.txt',
    '/rooms/7/export.json',
  ])('%s is not a page of the app', (path) => expect(page(path)).toBe('network'))

  test('files of the build come from the cache, and nothing else that a page asks for', () => {
    expect(answer('/assets/InboxPage-abcdefgh.js')).toBe('file')
    expect(answer('/theme.js')).toBe('file')
    expect(answer('/api/session')).toBe('network')
    expect(answer('/manifest.webmanifest')).toBe('network')
    expect(answer('/sw.js')).toBe('network')
    expect(answer('https://elsewhere.example.org/assets/index-abcdefgh.js')).toBe('network')
    expect(answer('/', { mode: 'cors' }), 'a page that asks which build there is').toBe('network')
  })

  test('only a form that the system posts is shared', () => {
    expect(answer('/share', { method: 'POST', mode: 'navigate' })).toBe('shared')
    expect(answer('/share', { method: 'POST' })).toBe('network')
    expect(answer('/rooms/7', { method: 'POST', mode: 'navigate' })).toBe('network')
    expect(answer('/rooms/7', { method: 'HEAD', mode: 'navigate' })).toBe('network')
  })
})

describe('what a new build keeps', () => {
  test('what was used in a former one, by the name that it has now', () => {
    const used = ['/', '/theme.js', '/assets/InboxPage-aaaa-aaa.js', '/assets/gone-bbbbbbbb.js']
    const later = ['/assets/InboxPage-c_cccccc.js', '/assets/SavedPage-dddddddd.js']
    expect(carriedOver(used, later)).toEqual(['/assets/InboxPage-c_cccccc.js'])
  })

  test('the last two former builds, as long as a page is open', () => {
    const all = ['a', 'b', 'c', 'd']
    expect(outdated(all, 'd', true)).toEqual(['a'])
    expect(outdated(['a', 'd'], 'd', true)).toEqual([])
    expect(outdated(all, 'd', false)).toEqual(['a', 'b', 'c'])
    expect(outdated(all, 'b', false), 'also after going back to one').toEqual(['a', 'c', 'd'])
  })
})
