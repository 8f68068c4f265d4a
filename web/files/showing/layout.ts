// How much place the files of a message take, known before a byte of them is there: so nothing moves when they load. Pixels; pure.
import type { FileRef } from '../../../server/protocol/files.ts'

export interface Box {
  width: number
  height: number
}

/** The widest and the highest that one picture is: it leaves words around it on a laptop, and fits a phone. */
const max: Box = { width: 460, height: 340 }
/** A strip is cut to what can be seen and pressed. */
const min: Box = { width: 96, height: 48 }
/** Of a picture of unknown size. */
const unknown: Box = { width: 320, height: 240 }

type Sized = Pick<FileRef, 'width' | 'height'>

/** One picture or film: never larger than it is, never smaller than what one can press. */
export function boxOf({ width, height }: Sized, other: Box = unknown): Box {
  if (width === undefined || height === undefined) return other
  const scale = Math.min(1, max.width / width, max.height / height)
  return {
    width: Math.max(min.width, Math.round(width * scale)),
    height: Math.max(min.height, Math.round(height * scale)),
  }
}

/** Smaller than its box, it stands in the middle of it as it is. */
export const isSmall = ({ width = 0, height = 0 }: Sized): boolean =>
  width > 0 && height > 0 && width < min.width && height < max.height

/** Films of unknown size, and those that this browser cannot play. */
export const filmBox: Box = { width: max.width, height: 259 }

/** Several pictures: how many there are in each row. The first of three is twice as large. */
const rowsOf: Record<number, number[]> = {
  2: [2],
  4: [2, 2],
  5: [2, 3],
  6: [3, 3],
  7: [3, 4],
  8: [4, 4],
  9: [3, 3, 3],
  10: [3, 3, 4],
}
const gap = 4

export interface Grid extends Box {
  columns: string
  rows: string
  /** The place of each picture: how many columns and rows it spans. */
  cells: { gridColumn?: string; gridRow?: string }[]
  /** The share of the grid's width that each takes. */
  shares: number[]
}

export function gridOf(count: number): Grid {
  const rows = rowsOf[count]
  if (rows === undefined)
    return {
      width: max.width,
      height: 240,
      columns: 'minmax(0, 2fr) minmax(0, 1fr)',
      rows: 'repeat(2, minmax(0, 1fr))',
      cells: Array.from({ length: count }, (_, at) => (at === 0 ? { gridRow: 'span 2' } : {})),
      shares: Array.from({ length: count }, (_, at) => (at === 0 ? 2 / 3 : 1 / 3)),
    }
  const heights = rows.map((n) => (n === 2 ? (rows.length === 1 ? 228 : 160) : Math.round(max.width / n)))
  return {
    width: max.width,
    height: heights.reduce((sum, height) => sum + height, gap * (heights.length - 1)),
    columns: 'repeat(12, minmax(0, 1fr))',
    rows: heights.map((height) => `minmax(0, ${height}fr)`).join(' '),
    cells: rows.flatMap((n) => Array.from({ length: n }, () => ({ gridColumn: `span ${12 / n}` }))),
    shares: rows.flatMap((n) => Array.from({ length: n }, () => 1 / n)),
  }
}

/** What stands together: pictures that follow one another are one part. */
export type Part = { is: 'pictures'; files: readonly FileRef[] } | { is: 'file'; file: FileRef }

export function partsOf(files: readonly FileRef[]): Part[] {
  const parts: Part[] = []
  let pictures: FileRef[] | undefined
  for (const file of files) {
    if (file.kind !== 'image') {
      pictures = undefined
      parts.push({ is: 'file', file })
    } else if (pictures === undefined) parts.push({ is: 'pictures', files: (pictures = [file]) })
    else pictures.push(file)
  }
  return parts
}

/** Lines of a text that are shown before it is unfolded: those that so many bytes may have. */
export const foldedLines = 8
export const linesOf = (size: number): number => Math.min(foldedLines, Math.max(1, Math.ceil(size / 32)))
/** A text of more bytes may have more lines than that, and has a foot which says so. */
export const mayFold = (size: number): boolean => linesOf(size) === foldedLines

/** Larger ones are not opened for a look at their first page. */
export const pdfBytes = 50 * 1024 * 1024

const card = 62
const lineHeight = 20

/** The place of one part. `keepsRatio`: its height follows its width where that is less. */
export function placeOf(part: Part): Box & { keepsRatio: boolean } {
  if (part.is === 'pictures') {
    const [first] = part.files
    const box = part.files.length === 1 && first !== undefined ? boxOf(first) : gridOf(part.files.length)
    return { width: box.width, height: box.height, keepsRatio: true }
  }
  const { file } = part
  const fixed = (width: number, height: number) => ({ width, height, keepsRatio: false })
  switch (file.kind) {
    case 'video':
      return { ...boxOf(file, filmBox), keepsRatio: true }
    case 'voice':
      return fixed(360, 48)
    case 'audio':
      return fixed(max.width, 106)
    case 'pdf':
      return fixed(max.width, file.size > pdfBytes ? card : card + 180)
    case 'text':
      return fixed(640, card + linesOf(file.size) * lineHeight + 17 + (mayFold(file.size) ? 36 : 0))
    case 'image':
    case 'other':
      return fixed(max.width, card)
  }
}

/** Between what stands above one another. */
export const partGap = 6

/** The height of all files of a message in a column of this width. */
export function filesHeight(files: readonly FileRef[], width: number): number {
  return partsOf(files).reduce((sum, part) => {
    const place = placeOf(part)
    const height = place.keepsRatio ? place.height * Math.min(1, width / place.width) : place.height
    return sum + height + partGap
  }, 0)
}

/** As a style: CSS makes of it what `filesHeight` says. */
export function styleOf(part: Part): Record<string, string> {
  const { width, height, keepsRatio } = placeOf(part)
  return {
    width: `min(100%, ${width}px)`,
    marginTop: `${partGap}px`,
    ...(keepsRatio ? { aspectRatio: `${width} / ${height}` } : { minHeight: `${height}px` }),
  }
}
