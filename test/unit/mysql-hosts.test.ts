// Which of several servers of MySQL's is written to.
import { expect, test } from 'vitest'
import { chooseHost, type HostAbility, type HostState } from '../../server/mysql-hosts.ts'

const names = ['h1:3306', 'h2:3306', 'h3:3306']
const state = (can: HostAbility, term = 1, writer = 'h1:3306'): HostState => ({
  ...{ can, isGalera: false, term, writer },
})

test.each<[string, HostState[], number | undefined, string | undefined]>([
  ['the first, where none was chosen', [state('write', 0, ''), state('write', 0, '')], undefined, 'h1:3306'],
  [
    'the one that was chosen last',
    [state('write', 2, 'h2:3306'), state('write', 2, 'h2:3306')],
    0,
    'h2:3306',
  ],
  [
    'the next, where the chosen one is gone',
    [state('nothing', 0, ''), state('write'), state('write')],
    0,
    'h2:3306',
  ],
  [
    'the one in use, where the chosen one does not answer',
    [state('nothing', 0, ''), state('write'), state('write')],
    2,
    'h3:3306',
  ],
  [
    'no primary that has missed a choice',
    [state('write', 1), state('write', 2, 'h2:3306')],
    undefined,
    'h2:3306',
  ],
  [
    'rather one that only reads than one that has missed a choice',
    [state('write', 1), state('read', 2, 'h2:3306')],
    undefined,
    'h2:3306',
  ],
  ['rather a writer than a donor', [state('donate'), state('write')], 0, 'h2:3306'],
  ['a donor, where no other writes', [state('donate'), state('read')], undefined, 'h1:3306'],
  ['none that does not answer', [state('nothing', 0, ''), state('nothing', 0, '')], 0, undefined],
])('it is %s', (_what, states, present, chosen) => {
  const at = chooseHost(states, names, present)
  expect(at === undefined ? undefined : names[at]).toBe(chosen)
})
