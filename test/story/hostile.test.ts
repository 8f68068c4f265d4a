// Whatever somebody posts, names or titles is text and nothing else: it runs nowhere and breaks no screen.
import { expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { hostile } from '../support/hostile-texts.ts'
import { Watch } from '../support/hostile-watch.ts'
import type { Device } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const hit = 'window.wasHit=true'
const zalgo = `z${'\u0336\u0349\u033a\u0353\u0301\u0308\u0352'.repeat(12)}algo`
const said = [
  `<img src=x onerror="${hit}">`,
  `<script>${hit}</script><svg onload="${hit}"><iframe srcdoc="<script>parent.${hit}</script>">`,
  `javascript:${hit} [press](javascript:${hit}) <a href="javascript:${hit}">press</a>`,
  `https://example.org/"onmouseover="${hit} https://example.org/'><img src=x onerror=${hit}>`,
  `data:text/html,<script>${hit}</script> vbscript:${hit} //example.org/x`,
  `{{constructor.constructor('${hit}')()}} \${${hit}} %3Cscript%3E${hit}%3C/script%3E`,
  `constructor __proto__ </textarea><style>*{display:none}</style>`,
  'w'.repeat(16_384),
  '长'.repeat(5_000),
  `https://example.org/${'long'.repeat(700)}`,
  'مرحبا بالعالم \u202e gnp.exe \u2066 اهلا ',
  '\u202eright to left, over and over\u202e',
  zalgo.repeat(30),
  '👩‍👩‍👧‍👦'.repeat(400),
  `${'\n'.repeat(200)}deep`,
]
test('every short text of the corpus makes nothing but ordinary rows', async () => {
  const eve = await story().joins('Eva')
  const room = await eve.makes('corpus')
  const reader = await story().enters('Cho')
  await reader.joins('corpus')
  const watch = await Watch.over(reader)
  await reader.isInRoom('corpus')
  const short = hostile.filter((text) => text.length <= 300)
  expect(short.length).toBeGreaterThan(200)
  for (let at = 0; at < short.length; at += 12) {
    const some = short.slice(at, at + 12)
    const cids = some.map((text) => eve.says(text, { room: room.id }))
    const seqs = await Promise.all(cids.map(async (cid) => (await eve.acked(cid)).seq))
    await watch.drawn(Math.max(...seqs))
    const { nodes, ...seen } = await watch.look()
    expect(seen, some.join('\n')).toEqual({ hit: false, violations: [], odd: [], links: [], wider: 0 })
    expect(nodes).toBeGreaterThan(some.length)
    expect(nodes, some.join('\n')).toBeLessThan(limits.markdown.nodes)
  }
  expect(watch.strange).toEqual([])
})

/** Counts what the page's own policy had to block. */
const countViolations = (visitor: Visitor): Promise<void> =>
  visitor.page.evaluate(() => {
    const seen = window as unknown as { violations: string[] }
    seen.violations = []
    addEventListener('securitypolicyviolation', (event) => seen.violations.push(event.violatedDirective))
  })
const violations = (visitor: Visitor): Promise<string[]> =>
  visitor.page.evaluate(() => (window as unknown as { violations: string[] }).violations)

test.each<[string, string, Device]>([
  ['Ann', 'on a wide screen', {}],
  ['Bob', 'on a phone', { phone: true }],
])('hostile texts run nowhere and break nothing: %s, %s', async (reader, _where, device) => {
  const eve = await story().joins(`${reader[0]} <img src=x onerror=wasHit=1>`)
  const room = await eve.makes(`<b onclick=${hit}>${reader}</b>`)
  const topic = `<script>${hit}</script><img src=x onerror=${hit}>`
  await eve.ask('PATCH', `/api/rooms/${room.id}`, { topic })
  const visitor = await story().enters(reader, device)
  await countViolations(visitor)
  await visitor.joins(room.name)
  for (const text of said) {
    await eve.acked(eve.says(text, { room: room.id }))
    await visitor.sees(text.trim().slice(0, 12))
    const state = await visitor.page.evaluate(() => ({
      hit: 'wasHit' in window,
      made: document.querySelectorAll(
        '#messages :is(img, script, iframe, style, [onerror], [onclick], [onload])',
      ).length,
      odd: [...document.querySelectorAll<HTMLAnchorElement>('#messages a')]
        .map(({ href }) => href)
        .filter((href) => !/^https?:/.test(href)),
      listTooWide: (document.querySelector('#messages')?.scrollWidth ?? 0) > innerWidth,
    }))
    expect(state, text.slice(0, 60)).toEqual({ hit: false, made: 0, odd: [], listTooWide: false })
    expect(await visitor.overflow(), text.slice(0, 60)).toBe(0)
  }
  expect(await violations(visitor)).toEqual([])
  await visitor.page.reload()
  await visitor.sees('deep')
  expect(await visitor.page.evaluate(() => 'wasHit' in window)).toBe(false)
  expect(await visitor.overflow()).toBe(0)

  // If something were let through, the policy would block it and the story would notice.
  visitor.expects(/Content Security Policy/, /status of 404/)
  await countViolations(visitor)
  await visitor.list.evaluate((list) =>
    list.insertAdjacentHTML('beforeend', '<img src="/x.png" onerror="wasHit=1">'),
  )
  await until(
    () => violations(visitor),
    (stopped) => stopped.length > 0,
  )
  expect(await visitor.page.evaluate(() => 'wasHit' in window)).toBe(false)
})
