// Slash commands in a browser: found with a slash, answered in the room or privately, with an explanation if there is
// no answer.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { offerCommands } from '../../server/commands/offer.ts'
import { Rpc } from '../../server/rpc/rpc.ts'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()
let rpc: Rpc | undefined
beforeAll(async () => {
  rpc = new Rpc({ redis: story().brook.connections.rpc, onError: () => undefined })
  await offerCommands(rpc, await story().brook.addBot('dice'), [
    { name: 'roll', usage: '2d6', help: 'Roll dice', run: async (args) => ({ room: `${args}: 4 and 3` }) },
    { name: 'hint', usage: '', help: 'A word for you', run: async () => ({ asker: 'Try the window.' }) },
  ])
})
afterAll(() => rpc?.close())

test('a slash lists the commands, a key chooses one, and the bot answers everybody', async () => {
  const [ann, bob] = [await story().enters('Ann'), await story().enters('Bob')]
  await ann.makes('table')
  await bob.joins('table')
  await ann.composer.pressSequentially('/')
  const list = ann.page.getByRole('listbox', { name: en.completion.list.command })
  await list.getByRole('option', { name: /\/roll/ }).waitFor()
  // The server's own ones stand among them: /dnd, /hint, /mute, /poll, /roll, /status.
  expect(await list.getByRole('option').count()).toBe(6)
  for (let step = 0; step < 4; step += 1) await ann.composer.press('ArrowDown')
  await ann.composer.press('Enter')
  expect(await ann.composer.inputValue()).toBe('/roll ')
  expect(await list.isVisible()).toBe(false)
  await ann.composer.pressSequentially('2d6')
  await ann.composer.press('Enter')
  for (const person of [ann, bob]) await person.sees('2d6: 4 and 3')
  expect(await ann.composer.inputValue()).toBe('')
  // That it was asked may have been shown until now.
  await ann.page.getByText(en.commands.onlyYou).waitFor({ state: 'detached' })
})

test('a note is for the asker alone and can be dismissed; an unknown command is not a message', async () => {
  const [cho, dia] = [await story().enters('Cho'), await story().enters('Dia')]
  await cho.makes('window')
  await dia.joins('window')
  const notes = cho.page.getByRole('article', { name: en.commands.onlyYou })
  await cho.says('/hint')
  await notes.filter({ hasText: 'Try the window.' }).waitFor()
  await cho.page
    .locator('[data-announcements]')
    .filter({ hasText: 'Try the window.' })
    .waitFor({ state: 'attached' })
  await cho.says('/nonsense now')
  await notes.filter({ hasText: '/nonsense' }).waitFor()
  await cho.says('//not a command')
  await dia.sees('/not a command')
  expect(await dia.said()).toEqual(['/not a command'])
  expect(await dia.page.getByText(en.commands.onlyYou).count()).toBe(0)
  await notes.first().getByRole('button', { name: en.commands.dismiss }).click()
  await until(async () => (await notes.count()) === 1)
})
