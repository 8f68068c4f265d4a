// The alert rules and the dashboard name only metrics that are really served, and the buckets of histograms that exist.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { Metrics } from '../../server/metrics.ts'
import { root } from '../../server/root.ts'
import { Brook } from '../support/brook.ts'

let brook: Brook
/** Every series that is served: its name, and the labels of one of each. */
let served: Map<string, Set<string>>
beforeAll(async () => {
  brook = await Brook.start()
  const ann = await brook.enter('Ann')
  await ann.acked(ann.says('so that there is something to count'))
  ann.says('to a room that is not there', { room: '999' })
  await ann.hears('so that there is something to count')
  const ofSync = new Metrics()
  const sync = await runSync(brook.config, { say: () => undefined, metrics: ofSync })
  const server = await (await fetch(`${brook.servers[0]?.address}/metrics`)).text()
  served = seriesIn(`${server}\n${await ofSync.text()}`)
  await sync.close()
})
afterAll(() => brook.stop())

function seriesIn(text: string): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>()
  for (const [, type = ''] of text.matchAll(/^# TYPE (\S+) /gm)) all.set(type, new Set())
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)) {
    const known = all.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    all.set(name, known)
  }
  return all
}

const alerts = readFileSync(path.join(root, 'deploy/alerts.yml'), 'utf8')
const dashboard = readFileSync(path.join(root, 'deploy/grafana-dashboard.json'), 'utf8')

/** What Prometheus is asked in a file. */
function expressions(): { alerts: string[]; dashboard: string[] } {
  const rules = [...alerts.matchAll(/^ {8}expr: (>-\n(?: {10}.*\n)+|.*)/gm)].map(([, one = '']) => one)
  const { panels } = JSON.parse(dashboard) as { panels: { targets?: { expr: string }[] }[] }
  const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  return { alerts: rules, dashboard: asked }
}

test('every metric that they name is served, with the labels by which they choose', () => {
  const asked = expressions()
  expect(asked.alerts.length).toBe([...alerts.matchAll(/- alert: /g)].length)
  expect(asked.dashboard.length).toBeGreaterThan(30)
  for (const expression of [...asked.alerts, ...asked.dashboard]) {
    const names = [...expression.matchAll(/\b((?:brook|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)]
    expect(names, expression).not.toEqual([])
    for (const [, name = '', labels = ''] of names) {
      expect(served.has(name), `${name} in ${expression}`).toBe(true)
      for (const [, label = ''] of labels.matchAll(/(\w+)=/g))
        expect(served.get(name)?.has(label), `${label} of ${name}`).toBe(true)
    }
    for (const [, label = ''] of expression.matchAll(/by \((\w+)\)/g)) {
      const name = names[0]?.[1] ?? ''
      // A counter by outcome has no series before the first outcome of some kinds.
      expect([...(served.get(name) ?? [])], expression).toContain(label)
    }
  }
})

test('each alert says what is wrong, in words, and how much it matters', () => {
  const rules = alerts.split('- alert: ').slice(1)
  for (const rule of rules) {
    expect(rule).toMatch(/severity: (page|warn|info)/)
    expect(rule).toMatch(/summary: \S/)
    expect(rule).toMatch(/description: \S/)
  }
})
