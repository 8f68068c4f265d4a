// Where the days and months of a zone begin: the first instant of each, whatever its clocks do.
import { expect, test } from 'vitest'
import { edgesOf } from '../../server/history/calendar.ts'

const dayIn = (zone: string, at: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)

test.each([
  ['America/Sao_Paulo', '2018-11'],
  ['America/Sao_Paulo', '2018-02'],
  ['America/Havana', '2026-03'],
  ['America/Havana', '2026-11'],
  ['Africa/Cairo', '2026-04'],
  ['Africa/Cairo', '2026-10'],
  ['America/St_Johns', '2010-03'],
  ['America/Toronto', '1919-03'],
  ['Pacific/Kiritimati', '2026-01'],
  ['Pacific/Pago_Pago', '2026-01'],
  ['Asia/Kathmandu', '2026-01'],
  ['Europe/Berlin', '2026-10'],
])('%s, %s', (zone, month) => {
  const edges = edgesOf({ zone, month }, 0, 0)
  edges.slice(0, -1).forEach((edge, index) => {
    const day = `${month}-${String(index + 1).padStart(2, '0')}`
    expect([dayIn(zone, edge), dayIn(zone, edge - 1) < day]).toEqual([day, true])
  })
})

test('a day whose midnight does not exist begins when the clocks change', () => {
  expect(edgesOf({ zone: 'America/Sao_Paulo', month: '2018-11' }, 0, 0)[3]).toBe(1_541_300_400_000)
})

test('a day that a zone passed over has no length', () => {
  const edges = edgesOf({ zone: 'Pacific/Apia', month: '2011-12' }, 0, 0)
  expect(edges[29]).toBe(Date.parse('2011-12-30T10:00Z'))
  expect(edges[30]).toBe(edges[29])
})
