// Sends every hostile text through a whole Brook to a browser and measures there, under the product's own policy, the
// time to read, fold, draw and lay it out.
import { hostile } from '../support/hostile-texts.ts'
import { Watch } from '../support/hostile-watch.ts'
import { Story } from '../support/browser-story.ts'

/** More than this is noticeable. */
const maxMs = 50
/**
 * Other work of the page (garbage collection, a timer) is not the text's fault: a text over the limit is drawn again,
 * this often.
 */
const tries = 3

const bytes = (text: string): number => new TextEncoder().encode(text).byteLength
/** The same text for a parser, but another one for a cache. */
function another(text: string, n: number): string {
  let kept = text
  while (bytes(kept) > 16_384 - 8) kept = [...kept].slice(0, -8).join('')
  return `${kept} ${n}`
}

const story = await Story.begin({ sync: false })
const eve = await story.joins('Eve')
const room = await eve.makes('hostile')
const reader = await story.enters('Reader')
await reader.joins('hostile')
const watch = await Watch.over(reader)
await reader.isInRoom('hostile')

/** Infinity: it was not drawn in the time that a person would wait. */
async function say(text: string): Promise<number> {
  const before = await watch.worked()
  const { seq } = await eve.acked(eve.says(text, { room: room.id }))
  const isDrawn = await watch.drawn(seq).then(
    () => true,
    () => false,
  )
  return isDrawn ? (await watch.worked()) - before : Infinity
}
await say('the first message of all costs what every first one does')

const wrong: string[] = []
const costs: { ms: number; text: string }[] = []
for (const [n, text] of hostile.entries()) {
  let ms = await say(text)
  for (let again = 1; again < tries && ms > maxMs; again += 1)
    ms = Math.min(ms, await say(another(text, n * tries + again)))
  costs.push({ ms, text })
  const { nodes: _nodes, ...seen } = await watch.look()
  const isRight =
    !seen.hit && seen.wider === 0 && seen.violations.length + seen.odd.length + seen.links.length === 0
  if (!isRight) wrong.push(`${JSON.stringify(text.slice(0, 80))}: ${JSON.stringify(seen)}`)
}
wrong.push(...watch.strange, ...reader.complaints)

costs.sort((a, b) => b.ms - a.ms)
const at = (share: number): string => (costs[Math.floor(costs.length * share)]?.ms ?? 0).toFixed(1)
for (const { ms, text } of costs.slice(0, 20))
  console.log(`${ms.toFixed(1).padStart(7)} ms  ${bytes(text)} bytes  ${JSON.stringify(text.slice(0, 60))}`)
const over = costs.filter(({ ms }) => ms > maxMs)
console.log(
  `${costs.length} texts: half below ${at(0.5)} ms, 95 of 100 below ${at(0.05)} ms, worst ${at(0)} ms`,
)
console.log(`${over.length} over ${maxMs} ms; ${wrong.length} did what words must not do`)
for (const words of wrong) console.log(words)
process.exitCode = over.length + wrong.length > 0 ? 1 : 0
await story.allLeave().catch(() => undefined)
await story.end()
