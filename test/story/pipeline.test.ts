// How messages travel, as an administrator sees it: on a wide screen in English and on a dark phone in Chinese; what is stuck, in
// words, and no more once it goes on.
import { expect, test } from 'vitest'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { Samples, stepOf, type Point, type Sample } from '../../server/pipeline/samples.ts'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { until } from '../support/until.ts'

const story = tellStory({ sync: false })

const shot = async ({ page }: Visitor, name: string): Promise<void> => {
  if (process.env['SHOTS'] !== undefined)
    await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png`, fullPage: true })
}

/** As if the server had been running for an hour, a little busier in the middle of it. */
async function hasRunForAnHour(): Promise<void> {
  const samples = new Samples(story().brook.redis)
  const [server] = await until(
    () => samples.all(Date.now()),
    ([first]) => (first?.timed.append.length ?? 0) > 0,
  )
  const now = stepOf(Date.now())
  const points = Array.from({ length: 118 }, (_, ago) => pointOf(server as Sample, now - 119 + ago, ago))
  for (const point of points) await samples.keep(server?.name ?? '', point)
  for (const { step } of points)
    await samples.keep('shared', {
      step,
      values: {
        streamLength: 4_000 + 40 * (step % 100),
        archiveLagMs: 300 + 600 * Math.abs(Math.sin(step)),
        searchWaiting: step % 9,
        notifyLagMs: 40 + (step % 60),
        hookLagMs: 20 * (step % 7),
        pushWaiting: step % 3,
      },
    })
}

function pointOf({ gauged, perSecond, timed }: Sample, step: number, at: number): Point {
  const busy = 1 + Math.sin(at / 18) ** 2
  const fast = (buckets: Sample['timed']['append']): Sample['timed']['append'] =>
    buckets.map(([upTo], place) => [upTo, Math.round(40 * busy * Math.min(1, (place + 1) / (3 + (at % 3))))])
  return {
    step,
    values: { ...gauged, ...perSecond, sockets: Math.round(900 * busy), fileBytes: 2e5 * busy },
    timed: {
      ack: fast(timed.ack),
      append: fast(timed.append),
      turn: fast(timed.turn),
      archive: fast(timed.archive),
    },
  }
}

async function opens(own: { cookie: string; user: { name: string } }, device: object): Promise<Visitor> {
  const visitor = await story().opens(own.user.name, { ...device, cookie: own.cookie })
  await visitor.isIn()
  await visitor.page.goto('/admin/pipeline')
  return visitor
}

test('an administrator sees how messages travel, and what is stuck', async () => {
  const own = await story().joins('Ann')
  await story().brook.makesAdmin(own)
  await hasRunForAnHour()
  await own.acked(own.says('Not archived yet.'))
  const ann = await opens(own, {})
  const { page } = ann
  const stuck = page.getByText(en.pipeline.trouble.no_sync)
  await stuck.waitFor()
  await page.getByText(en.pipeline.kept).waitFor()
  expect(await axeFindings(ann)).toEqual([])
  await shot(ann, 'pipeline-stuck')
  const sync = await runSync(story().brook.config, { say: () => undefined })
  await stuck.waitFor({ state: 'detached' })
  await page.getByText('Everything works.').waitFor()
  // Each part says what is normal, and its last hour is a curve with words.
  const cards = page.getByRole('listitem').filter({ hasText: 'Normal: ' })
  expect(await cards.count()).toBe(11)
  const curve = page.getByRole('img', { name: /^Log, last hour: between [\d.]+ ms and [\d.]+ ms$/ })
  await curve.hover()
  await page.getByText(/^\d+:\d+( [AP]M)?: [\d.]+ ms$/).waitFor()
  await page.getByRole('heading', { name: en.pipeline.processes }).waitFor()
  await page.getByText(en.pipeline.atEnd).waitFor()
  await shot(ann, 'pipeline-wide')
  await sync.close()
})

test('on a dark phone in Chinese nothing is wider than the screen', async () => {
  const own = await story().joins('Mei')
  await story().brook.makesAdmin(own)
  const phone = await opens(own, { locale: 'zh-CN', phone: true, theme: 'dark' })
  await phone.page.getByText(zh.pipeline.trouble.no_sync).waitFor()
  const beyond = await phone.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(beyond).toBe(0)
  expect(await axeFindings(phone)).toEqual([])
  await shot(phone, 'pipeline-phone')
  await phone.page.getByRole('heading', { name: zh.pipeline.processes }).scrollIntoViewIfNeeded()
  await shot(phone, 'pipeline-phone-end')
})
