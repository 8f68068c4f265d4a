// Takes a screenshot of every state of the gallery and checks each with axe.
//   node test/story/screens.mjs [filter] [--widths 390,1440] [--themes light] [--langs en,zh] [--no-axe] [--sheet]
// Screenshots go to test/results/screens; --sheet also arranges them on contact sheets. Exits 1 if axe finds
// something.
import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import axe from 'axe-core'
import { register } from 'tsx/esm/api'
import { createServer } from 'vite'

register()
const { openChromium } = await import('../support/chromium.ts')
const { answerForFiles } = await import('./screens-files.mjs')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    widths: { type: 'string', default: '390,768,1440' },
    themes: { type: 'string', default: 'light,dark' },
    langs: { type: 'string', default: 'en,zh' },
    'no-axe': { type: 'boolean', default: false },
    sheet: { type: 'boolean', default: false },
  },
})
const filter = new RegExp(positionals[0] ?? '.')
const heights = { 320: 256, 390: 844, 768: 1024, 844: 390, 1440: 900, 2200: 1200 }
const folder = new URL('../results/screens/', import.meta.url).pathname
const now = new Date(2026, 10, 19, 10, 4)

const vite = await createServer({
  root: new URL('../gallery/', import.meta.url).pathname,
  server: { port: 0, hmr: false },
  logLevel: 'warn',
})
await vite.listen()
const address = vite.resolvedUrls.local[0]
const browser = await openChromium()
await mkdir(folder, { recursive: true })

const lister = await browser.newPage()
lister.setDefaultTimeout(180_000)
await lister.goto(`${address}`)
await lister.waitForFunction(() => Array.isArray(window.states))
const states = await lister.evaluate(() => window.states)
await lister.close()

/** Opens the menu of one's own last message, or of the last message of somebody else, and chooses an action of it. */
async function act(page, whose, name) {
  const rows = page.locator('article:has([data-words])')
  for (let at = (await rows.count()) - 1; at >= 0; at -= 1) {
    const row = rows.nth(at)
    await row.focus()
    const more = row.getByRole('button', { name: /^(More|更多)$/ })
    if ((await more.count()) === 0) continue
    await more.click()
    const item = (words) =>
      page
        .getByRole('menuitem', { name: words })
        .or(page.getByRole('dialog').getByRole('button', { name: words }))
    await item(/^(Copy text|复制文字)$/).waitFor()
    const isOwn = (await item(/^(Edit|编辑)$/).count()) > 0
    const isNumbered = (await item(/^(Reply|回复)$/).count()) > 0
    if (isNumbered && isOwn === (whose === 'own')) {
      if (name !== undefined) await item(name).click()
      return
    }
    await page.keyboard.press('Escape')
  }
}

/** Fills in what an owner begins with, and opens the workspace. */
async function ownerBegins(page) {
  const fields = page.locator('form input:is([type=text], :not([type]))')
  await fields.nth(0).fill('Northwind Garden')
  await fields.nth(1).fill('Ann')
  await page.locator('form input[type=password]').fill('five plain horses run')
  await page.locator('form button[type=submit]').click()
}
const intoView = (el) => el.scrollIntoView({ block: 'center' })
/** The button of the first link. */
const firstLink = (page) => page.getByRole('button', { name: /^(Revoke|撤销)$/ }).first()

/** States that are reached by an action: the state before, and the action. */
const acts = {
  'own-menu': ['home-list', (page) => page.locator('nav button[aria-haspopup=menu]').click()],
  'own-menu-theme': [
    'home-list',
    async (page) => {
      await page.locator('nav button[aria-haspopup=menu]').click()
      await page.locator('[role=menu] [aria-haspopup=menu]').first().press('ArrowRight')
    },
  ],
  'entry-language': ['entry-guest', (page) => page.locator('header button').first().click()],
  'room-menu': ['room-busy', (page) => page.locator('header button[aria-haspopup=menu]').click()],
  'people-drawer': [
    'room-private',
    (page) =>
      page
        .locator('header')
        .getByRole('button', { name: /^(Members|成员)$/ })
        .click(),
  ],
  ...Object.fromEntries(
    ['pins-some', 'pins-member', 'pins-none', 'pins-none-member', 'pins-loading', 'pins-failed'].map(
      (state) => [
        `${state}-open`,
        [
          state,
          (page) =>
            page
              // On a phone the button is missing while nothing is pinned; the list may be open all the same.
              .locator('header button:is([aria-label*=pinned], [aria-label*=置顶])')
              .evaluate((button) => button.click()),
        ],
      ],
    ),
  ),
  'people-menu': [
    'people-roles',
    async (page) => {
      if (page.viewportSize().width <= 1100)
        await page
          .locator('header')
          .getByRole('button', { name: /^(Members|成员)$/ })
          .click()
      await page.locator('li [aria-haspopup=menu]').nth(2).click()
    },
  ],
  'message-hover': ['room-busy', (page) => page.locator('article').nth(4).hover()],
  'message-focus': ['room-busy', (page) => page.locator('article').nth(5).focus()],
  reply: ['room-busy', (page) => act(page, 'other', /^(Reply|回复)$/)],
  'message-editing': [
    'room-busy',
    async (page) => {
      await page.locator('#composer').focus()
      await page.locator('#composer').press('ArrowUp')
    },
  ],
  'message-delete': ['room-busy', (page) => act(page, 'own', /^(Delete|删除)$/)],
  'emoji-picker': [
    'room-busy',
    async (page) => {
      await act(page, 'other', /^(Add a reaction|添加回应)$/)
      await page.locator('[role=dialog] [role=group] button').nth(20).waitFor()
    },
  ],
  'emoji-find': [
    'room-busy',
    async (page) => {
      await act(page, 'other', /^(Add a reaction|添加回应)$/)
      await page.locator('[role=dialog] input').fill('heart')
    },
  ],
  'message-menu': ['room-busy', (page) => act(page, 'own')],
  'message-right-click': [
    'room-busy',
    (page) => page.locator('article:has([data-words])').nth(3).click({ button: 'right' }),
  ],
  'jump-newest': ['room-long', (page) => page.mouse.move(500, 400).then(() => page.mouse.wheel(0, -1500))],
  'room-hard-top': [
    'room-hard',
    (page) => page.locator('#messages').evaluate((list) => (list.scrollTop = 0)),
  ],
  'room-hard-middle': [
    'room-hard',
    (page) => page.locator('#messages').evaluate((list) => (list.scrollTop = 560)),
  ],
  'owner-missing': ['owner-first', (page) => page.locator('form button[type=submit]').click()],
  'owner-over': ['owner-refused', ownerBegins],
  'owner-ready': ['owner-first', ownerBegins],
  'owner-alone': ['owner-without-link', ownerBegins],
  'access-changed': ['access-few', (page) => page.getByRole('radio').nth(1).click()],
  'access-links': ['access-few', (page) => firstLink(page).evaluate(intoView)],
  'access-many-links': ['access-many', (page) => firstLink(page).evaluate(intoView)],
  'access-over-links': ['access-over', (page) => page.locator('#invites-title').evaluate(intoView)],
  'access-new-made': ['access-new', (page) => page.locator('form button[type=submit]').click()],
  'entry-missing': ['entry-sign-up', (page) => page.locator('form button[type=submit]').click()],
}

const jobs = []
for (const state of [...states, ...Object.keys(acts)].filter((state) => filter.test(state)))
  for (const lang of values.langs.split(','))
    for (const theme of values.themes.split(','))
      for (const width of values.widths.split(',').map(Number)) jobs.push({ state, lang, theme, width })

let found = 0
const taken = []

async function take({ state, lang, theme, width }) {
  const context = await browser.newContext({
    viewport: { width, height: heights[width] ?? 900 },
    hasTouch: width < 700,
    isMobile: width < 700,
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
    locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(90_000)
  await page.clock.setFixedTime(now)
  page.on('pageerror', (error) => {
    found += 1
    console.error(`${state} ${width} ${theme} ${lang}: ${error.message}`)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      console.error(`${state} ${width} ${lang}: ${message.text().slice(0, 300)}`)
  })
  await answerForFiles(page)
  const [start, act] = acts[state] ?? [state]
  await page.goto(`${address}?state=${start}&theme=${theme}&lang=${lang}`)
  await page.waitForFunction(() => document.querySelector('#app')?.childElementCount)
  await page.evaluate(() => document.fonts.ready)
  // States that show late (skeletons after 200 ms, "connecting" after 1.5 s) are drawn by then.
  await page.waitForTimeout(state.includes('connecting') ? 1900 : 700)
  await act?.(page).catch((error) => {
    found += 1
    console.error(`${state} ${width} ${lang}: ${error.message.split('\n')[0]}`)
  })
  if (act) await page.waitForTimeout(400)
  const name = `${state}.${lang}.${theme}.${width}.png`
  await page.screenshot({ path: folder + name })
  taken.push(name)
  if (!values['no-axe']) {
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => axe.run())
    for (const violation of violations) {
      found += 1
      console.error(`axe ${state} ${width} ${theme} ${lang}: ${violation.id}: ${violation.help}`)
      for (const node of violation.nodes.slice(0, 3))
        console.error(`    ${node.target.join(' ')}  ${node.any[0]?.message ?? node.failureSummary ?? ''}`)
    }
  }
  await context.close()
}

async function sheet() {
  const groups = new Map()
  for (const name of taken.toSorted()) {
    const kind = name.split('.').slice(1).join('.')
    groups.set(kind, [...(groups.get(kind) ?? []), name])
  }
  const page = await browser.newPage({ viewport: { width: 1900, height: 900 } })
  for (const [kind, names] of groups) {
    const width = Number(kind.split('.')[2])
    const [columns, lines] = width < 700 ? [6, 1] : width < 1000 ? [4, 2] : [2, 2]
    for (let from = 0; from < names.length; from += columns * lines) {
      const shown = names.slice(from, from + columns * lines)
      await page.goto(`file://${folder}`)
      await page.setContent(
        `<body style="margin:8px;background:#888;font:13px sans-serif;display:grid;gap:8px;align-content:start;grid-template-columns:repeat(${columns},1fr)">${shown
          .map(
            (name) =>
              `<div>${name}<img style="width:100%;display:block" src="file://${folder}${name}"></div>`,
          )
          .join('')}`,
        { waitUntil: 'load' },
      )
      await page.screenshot({
        path: `${folder}sheet.${kind.replace('.png', '')}.${from / (columns * lines)}.png`,
        fullPage: true,
      })
    }
  }
  await page.close()
}

const queue = [...jobs]
await Promise.all(
  Array.from({ length: 3 }, async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await take(job)
  }),
)
if (values.sheet) await sheet()
await browser.close()
await vite.close()
console.log(`${taken.length} pictures in test/results/screens, ${found} findings`)
process.exitCode = found > 0 ? 1 : 0
