// What Rpc is made of.
import { expect, test } from 'vitest'
import { Rpc } from '../../server/rpc/rpc.ts'

test('a client instead of what makes connections is refused in a sentence, not silent later', () => {
  const client = { status: 'ready', publish: () => 1 }
  const onError = (): void => undefined
  for (const redis of [client, undefined, null])
    expect(() => new Rpc({ redis, onError } as never)).toThrow(
      'Rpc needs redis: new RedisProvider(address).rpc',
    )
  const connections = { writer: onError, subscriber: onError }
  expect(() => new Rpc({ redis: connections } as never)).toThrow('Rpc needs onError')
})
