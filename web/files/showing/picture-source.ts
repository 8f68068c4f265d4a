// Which preview of a picture a browser asks for. Pure.
import type { FileRef } from '../../../server/protocol/files.ts'
import { previewWidths } from './widths.ts'
import { boxOf } from './layout.ts'
import { previewAddress } from '../../wire/files-api.ts'

/** The widths that are less than the picture's own, and the one that holds it whole. */
export function widthsOf({ width }: Pick<FileRef, 'width'>): number[] {
  if (width === undefined) return [...previewWidths]
  const first = previewWidths.findIndex((one) => one >= width)
  return first < 0 ? [...previewWidths] : previewWidths.slice(0, first + 1)
}

/** `share`: of the width of one picture alone. */
export function sourceOf(file: FileRef, share: number) {
  const widths = widthsOf(file)
  const shown = Math.round(boxOf(file).width * share)
  return {
    src: previewAddress(file.id, widths.find((one) => one >= shown) ?? widths.at(-1) ?? 0),
    srcset: widths.map((one) => `${previewAddress(file.id, one)} ${one}w`).join(', '),
    // A picture in a grid is cut at two sides: what is shown of it is wider than its place, by half at most.
    sizes: `${share === 1 ? shown : Math.round(460 * share * 1.5)}px`,
  }
}
