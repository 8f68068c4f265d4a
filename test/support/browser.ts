// A story for the tests of one file: call `tellStory` once, at its top.
import { afterAll, afterEach, beforeAll } from 'vitest'
import { Story, type StoryOptions } from './browser-story.ts'
import { freePort } from './free-port.ts'
import { PagePool } from './page-pool.ts'

/** One after the other, the files of a process use the same browser and the same address, so that a page can be used again. */
const browsers = new Map<string, PagePool>()
let port: number | undefined

async function browserOf({ isShell = false, flags = [] }: StoryOptions): Promise<PagePool> {
  const key = JSON.stringify([isShell, flags])
  const before = browsers.get(key)
  if (before?.isOpen === true) return before
  const pages = await PagePool.open({ isShell, flags })
  browsers.set(key, pages)
  return pages
}

/** Begins a story before the tests of a file and ends it after them; after each test everybody leaves. */
export function tellStory(options: StoryOptions = {}): () => Story {
  let story: Story | undefined
  beforeAll(async () => {
    port ??= await freePort()
    const whole = { isShell: true, ...options, settings: { port, ...options.settings } }
    // A device with a service worker is used by one visitor only.
    story = await Story.begin(whole, options.worker === true ? undefined : await browserOf(whole))
  })
  afterEach(() => story?.allLeave())
  afterAll(() => story?.end())
  return () => {
    if (story === undefined) throw new Error('the story has not begun')
    return story
  }
}
