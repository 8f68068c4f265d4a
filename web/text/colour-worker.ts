// Highlights code off the main thread: a hostile 8 KiB take hundreds of milliseconds. Started by colour.ts.
import { colourIn } from './colours.ts'

export interface ColourTask {
  language: string
  code: string
}

addEventListener('message', ({ data }: MessageEvent<ColourTask>) =>
  postMessage(colourIn(data.language, data.code)),
)
