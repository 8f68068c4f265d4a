// Who may read the metrics of a process, by where the connection comes from and what it sends.
import { expect, test } from 'vitest'
import { mayReadMetrics } from '../../server/metrics-access.ts'

const may = (address: string | undefined, headers = {}, token?: string): boolean =>
  mayReadMetrics({ address, headers }, token)

test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('from %s everybody may', (address) => {
  expect(may(address)).toBe(true)
  expect(may(address, { via: '1.1 proxy' })).toBe(false)
})

test.each(['10.0.0.5', '192.0.2.1', '::ffff:10.0.0.5', 'fd00::1', undefined])(
  'from %s nobody may without the token',
  (address) => {
    expect(may(address)).toBe(false)
    expect(may(address, { authorization: 'Bearer secret' })).toBe(false)
    expect(may(address, { authorization: 'Bearer secret' }, 'secret')).toBe(true)
    expect(may(address, { authorization: 'Bearer secrets' }, 'secret')).toBe(false)
  },
)
