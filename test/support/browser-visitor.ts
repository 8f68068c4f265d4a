// Somebody at a browser: opens Brook, signs in, goes from room to room, posts messages and sees other people's. Finds
// things as a person does: by their texts, which come from the app's own table.
import type { Locator } from 'playwright-core'
import type { Standing } from '../../web/conversation/lines/line.ts'
import { BrowserPage, fill, plain } from './browser-page.ts'
import { until } from './until.ts'

export class Visitor extends BrowserPage {
  /** The same person in another tab of the same browser; `url`: what they open there, if not the same. */
  async anotherTab(url = this.page.url()): Promise<Visitor> {
    const page = await this.context.newPage()
    const tab = new Visitor(this.name, { context: this.context, page }, this.words)
    // Complaints of the other tab are reported by this one.
    Object.defineProperty(tab, 'complaints', { value: this.complaints })
    await page.goto(url)
    return tab
  }

  // Signing in

  /** The name field of the selected way to sign in. */
  get nameField(): Locator {
    return this.page.getByRole('textbox', { name: this.words.entry.name, exact: true })
  }

  get passwordField(): Locator {
    return this.page.getByLabel(this.words.entry.password, { exact: true })
  }

  /** Fills in the name on the page that one gets in by. */
  async entersAsGuest(): Promise<void> {
    await this.nameField.fill(this.name)
    await this.presses(this.words.entry.enter)
    await this.isIn()
  }

  /** Fills in one of the two ways with a password, and presses its button. */
  async comes(way: 'signIn' | 'signUp', password: string): Promise<void> {
    await this.page.getByRole('tab', { name: this.words.entry[way] }).click()
    await this.nameField.fill(this.name)
    await this.passwordField.fill(password)
    await this.page.locator('form').getByRole('button', { name: this.words.entry[way] }).click()
  }

  /** Waits until the app shell is there, and the connection with it. */
  async isIn(): Promise<void> {
    await this.ownMenu.waitFor()
    await this.isLive()
  }

  /** Waits for the connection, shown by the green dot at the person's own avatar. */
  async isLive(): Promise<void> {
    await this.ownMenu.locator('[data-live]').waitFor()
  }

  get ownMenu(): Locator {
    return this.page
      .getByRole('button', { name: this.words.own.menu })
      .filter({ has: this.page.getByText(this.name, { exact: true }) })
  }

  /** Opens the account menu and chooses one of its items. */
  async chooses(...lines: string[]): Promise<void> {
    await this.ownMenu.click()
    for (const line of lines) {
      const item = this.page
        .getByRole('menuitem', { name: line })
        .or(this.page.getByRole('menuitemradio', { name: line }))
      await item.first().click()
    }
  }

  // Rooms

  get rooms(): Locator {
    return this.page.getByRole('navigation', { name: this.words.rooms.title })
  }

  /** A room in the list of the person's own rooms. */
  roomLink(room: string): Locator {
    return this.rooms.getByRole('link').filter({ has: this.page.getByText(room, { exact: true }) })
  }

  async makes(room: string, { isPrivate = false, topic = '' } = {}): Promise<void> {
    await this.presses(this.words.rooms.create)
    await this.dialog.getByLabel(this.words.rooms.name, { exact: true }).fill(room)
    if (topic !== '') await this.dialog.getByLabel(this.words.rooms.topic).fill(topic)
    if (isPrivate) await this.dialog.getByRole('radio', { name: this.words.rooms.private }).click()
    await this.dialog.getByRole('button', { name: this.words.rooms.createIt }).click()
    await this.isInRoom(room)
    // It keeps the focus until it is gone, and then gives it to the composer.
    await this.dialog.waitFor({ state: 'detached' })
  }

  /** Joins a public room from the directory. */
  async joins(room: string): Promise<void> {
    await this.rooms.getByRole('link', { name: this.words.directory.browse }).click()
    await this.page.getByLabel(this.words.directory.find).fill(room)
    const join = fill(this.words.rooms.joinNamed, { name: `\u2068${room}\u2069` })
    await this.page.getByRole('button', { name: join, exact: true }).click()
    await this.isInRoom(room)
  }

  async goesTo(room: string): Promise<void> {
    await this.roomLink(room).click()
    await this.isInRoom(room)
  }

  async isInRoom(room: string): Promise<void> {
    const head = this.page.getByRole('main').getByRole('heading', { level: 1 })
    await head.filter({ has: this.page.getByText(room, { exact: true }) }).waitFor()
    await this.composer.waitFor()
  }

  /** The badge of a room; 0 if it has none. */
  async badge(room: string): Promise<number> {
    const text = await this.roomLink(room)
      .locator('[aria-hidden=true]')
      .filter({ hasText: /^\d+\+?$/ })
      .allTextContents()
    return Number(text[0] ?? 0)
  }

  // Messages

  get composer(): Locator {
    return this.page.locator('#composer')
  }

  get list(): Locator {
    return this.page.locator('#messages')
  }

  /** Waits until the room is drawn, with its messages or without any: whatever is said from now on is new here. */
  async hasRoom(): Promise<void> {
    const nothing = this.page.getByRole('button', { name: this.words.room.hello })
    await this.list.locator('[data-index]').first().or(nothing).first().waitFor()
  }

  /** By the keys that send on every device: on a phone, Enter breaks the line. */
  async says(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Control+Enter')
  }

  /** The messages that contain `text`, anywhere in the list. */
  message(text: string): Locator {
    return this.list.getByRole('article').filter({ hasText: text })
  }

  async sees(text: string): Promise<void> {
    await this.message(text).first().waitFor()
  }

  /** The state of an own message. */
  async stands(text: string, standing: Standing): Promise<void> {
    await this.message(text)
      .and(this.page.locator(`[data-standing=${standing}]`))
      .first()
      .waitFor()
  }

  /**
   * Chooses an action of a message: from its bar, or from its menu, which on a phone is a sheet. `row`: the message, if
   * it is not in the room's list.
   */
  async acts(text: string, action: string, row: Locator = this.message(text).first()): Promise<void> {
    await row.focus()
    await row.getByRole('toolbar').waitFor()
    const tool = row.getByRole('button', { name: action, exact: true })
    if (await tool.isVisible()) return tool.click()
    await this.opensMenu(text, row)
    const inMenu = this.page.getByRole('menuitem', { name: action, exact: true })
    await inMenu.or(this.dialog.getByRole('button', { name: action, exact: true })).click()
  }

  /** Reacts with one of the emoji that are used most. */
  async reacts(text: string, emoji: string): Promise<void> {
    await this.acts(text, this.words.room.react)
    await this.dialog.getByRole('button', { name: emoji, exact: true }).first().click()
    await this.dialog.waitFor({ state: 'detached' })
  }

  /** The menu of all actions; on a phone a sheet. */
  async opensMenu(text: string, row: Locator = this.message(text).first()): Promise<void> {
    await row.focus()
    await row.getByRole('button', { name: this.words.room.moreActions }).click()
  }

  /** The texts of all drawn messages, top to bottom. */
  async said(): Promise<string[]> {
    return this.list.locator('article .whitespace-pre-wrap').allTextContents()
  }

  /** The drawn notices. */
  async notices(): Promise<string[]> {
    const texts = await this.list.locator('[data-notice]').allTextContents()
    return texts.map(plain)
  }

  /** The line above the composer. */
  get status(): Locator {
    return this.page.getByRole('main').getByRole('status')
  }

  async isTold(words: string): Promise<void> {
    const last = { text: '' }
    await until(
      async () => {
        last.text = plain((await this.status.allTextContents()).join(' '))
        return last.text
      },
      (text) => text.includes(words),
    )
  }

  async isToldNoMore(): Promise<void> {
    await until(
      async () => (await this.status.allTextContents()).join('').trim(),
      (text) => text === '',
    )
  }

  /** What a toast shows. It is also in the live regions, where only screen readers find it. */
  toast(words: string): Locator {
    return this.page.locator('[data-sonner-toast]').getByText(words)
  }

  /** Waits until the status line says that somebody is typing. */
  async sawTyping(name: string): Promise<void> {
    const words = fill(this.words.room.typingOne, { a: name })
    await until(
      async () => plain(await this.page.getByRole('main').innerText()),
      (seen) => seen.includes(words),
    )
  }
}
