// The integrations in the gallery: one of each state, and the hard cases.
import type { HooksAnswer, OpenedAnswer, OutgoingHook, SignedAnswer } from '../../server/protocol/hooks.ts'
import type { HooksApi } from '../../web/hooks/hooks-api.ts'
import { at } from './people.ts'

const outgoing = (id: string, more: Partial<OutgoingHook>): OutgoingHook => ({
  id,
  url: `https://hooks.example.org/${id}`,
  filter: { kind: 'all' },
  cursor: 48_131,
  behind: 0,
  behindSince: null,
  paused: null,
  failures: 0,
  retryAt: null,
  lastStatus: 200,
  lastError: null,
  lastAt: at(10, 1),
  delivered: 12_044,
  createdAt: at(9, 0, 20),
  ...more,
})

const behind = { cursor: 46_927, behind: 1_204, behindSince: at(9, 12) }
const manyHooks: HooksAnswer = {
  head: 48_131,
  incoming: [
    { id: '1', user: '901', name: 'GitHub', createdAt: at(9, 0, 40) },
    { id: '2', user: '902', name: '监控 Grafana', createdAt: at(9, 0, 2) },
    { id: '3', user: '903', name: 'Maximiliane-Alexandra von Langen', createdAt: at(10, 3) },
  ],
  outgoing: [
    outgoing('1', {}),
    outgoing('2', { ...behind, filter: { kind: 'starts', word: '!deploy' } }),
    outgoing('3', {
      ...behind,
      failures: 4,
      retryAt: at(10, 6),
      lastStatus: null,
      lastError: 'nobody listens there',
    }),
    outgoing('4', { ...behind, paused: 'asked', filter: { kind: 'mentions', word: '@ops' } }),
    outgoing('5', { ...behind, paused: 'gone', lastStatus: 410, lastError: 'HTTP 410' }),
    outgoing('6', {
      ...behind,
      paused: 'failing',
      failures: 290,
      lastStatus: 502,
      lastError: 'HTTP 502',
      url: `https://a-very-long-name.of-some-receiver.example.org/${'and-a-long-path/'.repeat(8)}`,
    }),
  ],
}
export const fewHooks: HooksAnswer = {
  head: 48_131,
  incoming: manyHooks.incoming.slice(0, 1),
  outgoing: manyHooks.outgoing.slice(0, 1),
}
export const openedHook: OpenedAnswer = {
  hook: { id: '1', user: '901', name: 'GitHub', createdAt: at(10, 4) },
  path: '/api/hooks/1/3q2-7wAAcbCt0Zk9eXqJ5mVd8sPfL1uYhGxR4oTnKiM',
}
export const signedHook: SignedAnswer = {
  hook: outgoing('1', {}),
  secret: 'bC7vN2xL9kQ4wE8rT1yU6iO3pA5sD0fG7hJ2kL4zXcV',
}

const done = () => Promise.resolve(undefined)
export const hooksApi = (hooks: HooksAnswer = manyHooks): HooksApi => ({
  list: () => Promise.resolve(hooks),
  open: () => Promise.resolve(openedHook),
  renew: () => Promise.resolve(openedHook),
  send: () => Promise.resolve(signedHook),
  rename: done,
  face: () => ({ set: done, remove: done }),
  pause: done,
  replay: done,
  remove: done,
})
