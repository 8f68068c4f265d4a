// Host names under which a Brook answers, and the log line about a page from elsewhere.
import { expect, test } from 'vitest'
import { isOwnHost } from '../../server/hosts.ts'
import { warnOfSite } from '../../server/other-sites.ts'

const settings = { publicUrl: new URL('https://chat.example'), allowedHosts: ['brook.internal'] }

test.each([
  'localhost',
  'LOCALHOST:3000',
  'a.localhost',
  '127.0.0.1',
  '10.0.0.5:80',
  '[::1]:3000',
  'chat.example:8443',
  'brook.internal',
])('%s is a name of this Brook', (host) => expect(isOwnHost(host, settings)).toBe(true))

test.each([
  undefined,
  '',
  'evil.example',
  'chat.example.evil',
  'xchat.example',
  'localhost.evil',
  '1.2.3.4.evil',
  'a b',
  '@localhost',
])('%s is not', (host) => expect(isOwnHost(host, settings)).toBe(false))

test('a refused page is one line a minute, with both names', () => {
  const lines: object[] = []
  const request = {
    headers: { origin: 'https://chat.example', host: 'brook', 'x-forwarded-host': 'other.example' },
    host: 'other.example',
    ip: '10.0.0.1',
    log: { warn: (fields: object) => void lines.push(fields) },
  } as unknown as Parameters<typeof warnOfSite>[0]
  warnOfSite(request, 'refused')
  warnOfSite(request, 'refused')
  expect(lines).toEqual([
    {
      origin: 'https://chat.example',
      host: 'other.example',
      hostHeader: 'brook',
      forwardedHost: 'other.example',
      address: '10.0.0.1',
    },
  ])
})
