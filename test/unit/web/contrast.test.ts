// The contrast of every pair of tokens that is drawn, computed from web/style/tokens.css: 4.5:1 for text, 3:1 for what one
// must see, more where a person's system asks for it.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../../web/style/tokens.css', import.meta.url), 'utf8')

type Tokens = ReadonlyMap<string, string>
const blocks = [...css.matchAll(/(:root|\[data-theme='dark'\]) \{([^}]*)\}/g)].map(([, of, body = '']) => ({
  isDark: of !== ':root',
  tokens: new Map(
    [...body.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  ),
}))
const [light, dark, lightMore, darkMore] = blocks.map(({ tokens }) => tokens)
const themes: Record<string, { tokens: Tokens; text: number; seen: number }> = {
  light: { tokens: over(light), text: 4.5, seen: 3 },
  dark: { tokens: over(light, dark), text: 4.5, seen: 3 },
  'light, more contrast': { tokens: over(light, lightMore), text: 7, seen: 3 },
  'dark, more contrast': { tokens: over(light, dark, lightMore, darkMore), text: 7, seen: 3 },
}

function over(...layers: (Tokens | undefined)[]): Tokens {
  return new Map(layers.flatMap((layer) => [...(layer ?? [])]))
}

/** Linear sRGB of `oklch(L% C H)`, by the matrices of CSS Color 4. */
function linear(color: string, hue: number): [number, number, number] {
  const [, l = '', c = '', h = ''] = /oklch\(([\d.]+)% ([\d.]+) (var\(--hue\)|[\d.]+)/.exec(color) ?? []
  const angle = ((h.startsWith('var') ? hue : Number(h)) * Math.PI) / 180
  const [L, a, b] = [Number(l) / 100, Number(c) * Math.cos(angle), Number(c) * Math.sin(angle)]
  const x = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const y = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const z = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clip = (value: number): number => Math.min(1, Math.max(0, value))
  return [
    clip(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
    clip(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
    clip(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
  ]
}

function luminance(tokens: Tokens, name: string): number {
  const color = tokens.get(`c-${name}`)
  if (color === undefined) throw new Error(`there is no token ${name}`)
  const [r, g, b] = linear(color, Number(tokens.get('hue')))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function ratio(tokens: Tokens, one: string, other: string): number {
  const [a, b] = [luminance(tokens, one), luminance(tokens, other)].sort((x, y) => y - x) as [number, number]
  return Math.round(((a + 0.05) / (b + 0.05)) * 100) / 100
}

const pages = ['bg', 'surface', 'sunken']
const pairs = (fronts: string[], backs: string[]) =>
  fronts.flatMap((front) => backs.map((back) => [front, back] as const))
const code = ['code-key', 'code-type', 'code-string', 'code-number', 'code-title']

const text = [
  ...pairs(['ink', 'ink-2', 'ink-3', 'accent', 'bad'], pages),
  ...pairs(['ink', 'ink-2', 'accent'], ['accent-soft']),
  ...pairs(['ink'], ['warn-soft', 'badge']),
  ...pairs(['bad'], ['bad-soft']),
  ...pairs(['on-accent'], ['accent', 'accent-strong']),
  // A button that deletes, and a tooltip.
  ...pairs(['surface'], ['bad', 'ink']),
  ...pairs(code, ['surface', 'sunken']),
]
const seen = [
  ...pairs(['edge', 'accent', 'warn', 'good', 'bad'], pages),
  ...pairs(['accent'], ['accent-soft']),
  ...pairs(['warn'], ['warn-soft']),
]

describe.each(Object.entries(themes))('%s', (name, { tokens, text: forText, seen: forSeen }) => {
  it('has its own tokens', () =>
    expect([tokens.size, blocks.length]).toEqual([themes['light']?.tokens.size, 4]))

  it.each(text)('text: %s on %s', (front, back) => {
    const isMark = name.includes('more') && /^code-|^surface$/.test(front)
    expect(ratio(tokens, front, back)).toBeGreaterThanOrEqual(isMark ? 4.5 : forText)
  })

  it.each(seen)('to be seen: %s on %s', (front, back) =>
    expect(ratio(tokens, front, back)).toBeGreaterThanOrEqual(forSeen),
  )

  it.each(name.includes('more') ? pairs(['line', 'line-strong'], pages) : [])(
    'every line is seen: %s on %s',
    (front, back) => expect(ratio(tokens, front, back)).toBeGreaterThanOrEqual(3),
  )
})

it('no token is left out', () => {
  const known = new Set([...text, ...seen].flat())
  const rest = [...(light?.keys() ?? [])].filter((name) => name.startsWith('c-') && !known.has(name.slice(2)))
  // Hairlines only separate, and the veil lies over everything.
  expect(rest).toEqual(['c-line', 'c-line-strong', 'c-veil'])
})
