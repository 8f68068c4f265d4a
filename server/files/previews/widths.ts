// Which preview is sent to whoever asks for a width. Pure.
import { previewWidths } from '../../protocol/picture-limits.ts'

const widths = Object.values(previewWidths).sort((a, b) => a - b)

/** The next one that is wide enough, for a screen or for all of the original: of a small picture there is one preview. */
export function widthFor(asked: number, original: number): number {
  const wanted = Math.min(asked, original)
  return widths.find((width) => width >= wanted) ?? Math.max(...widths)
}
