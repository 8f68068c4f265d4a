// A story for the tests of one file: call `tellStory` once, at its top.
import { afterAll, afterEach, beforeAll } from 'vitest'
import { Story } from './browser-story.ts'

/** Begins a story before the tests of a file and ends it after them; after each test everybody leaves. */
export function tellStory(options: Parameters<typeof Story.begin>[0] = {}): () => Story {
  let story: Story | undefined
  beforeAll(async () => {
    story = await Story.begin({ isShell: true, ...options })
  })
  afterEach(() => story?.allLeave())
  afterAll(() => story?.end())
  return () => {
    if (story === undefined) throw new Error('the story has not begun')
    return story
  }
}
