// Opens PDFs: the library, its worker and the fonts and character maps that some documents need are each loaded when they are asked
// for. Nothing of a document is run: no scripts, no forms, and no code that is made from text.
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from 'pdfjs-dist'
import workerAddress from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url&no-inline'
import { contentAddress, standingOf } from '../../../wire/files-api.ts'

const maps = import.meta.glob<string>('../../../../node_modules/pdfjs-dist/cmaps/*.bcmap', {
  query: '?url&no-inline',
  import: 'default',
  eager: true,
})
const fonts = import.meta.glob<string>('../../../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}', {
  query: '?url&no-inline',
  import: 'default',
  eager: true,
})

/** For the worker, which asks for them by their names. */
class Assets {
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const all = kind === 'cMapUrl' ? maps : kind === 'standardFontDataUrl' ? fonts : {}
    const path = Object.keys(all).find((one) => one.endsWith(`/${filename}`))
    const address = path === undefined ? undefined : all[path]
    if (address === undefined) throw new Error(`There is no ${kind} ${filename}.`)
    const answer = await fetch(address)
    if (!answer.ok) throw new Error(`${filename}: ${answer.status}`)
    return new Uint8Array(await answer.arrayBuffer())
  }
}

/** Pixels of a picture in it: a page of A4 at 600 dpi. */
const maxImagePixels = 36_000_000
const chunkBytes = 128 * 1024

async function library() {
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs')
  pdfjs.GlobalWorkerOptions.workerSrc = workerAddress
  return pdfjs
}

/** `whole` reads on in the background; otherwise only what is shown is asked for. Close it by `destroy`. */
export async function openPdf(id: string, whole: boolean): Promise<PDFDocumentLoadingTask> {
  const { getDocument } = await library()
  return getDocument({
    url: contentAddress(id),
    withCredentials: true,
    rangeChunkSize: chunkBytes,
    disableStream: !whole,
    disableAutoFetch: !whole,
    enableXfa: false,
    isEvalSupported: false,
    // A page may not compile WebAssembly here.
    useWasm: false,
    maxImageSize: maxImagePixels,
    useWorkerFetch: false,
    BinaryDataFactory: Assets,
    cMapUrl: 'cmaps/',
    standardFontDataUrl: 'fonts/',
    verbosity: 0,
  })
}

/** Why it is not shown; `failed`: it could not be loaded just now. */
export type PdfProblem = 'locked' | 'gone' | 'damaged' | 'failed'
export async function problemOf(error: unknown, id: string): Promise<PdfProblem> {
  const { name } = (error ?? {}) as { name?: string }
  if (name === 'PasswordException') return 'locked'
  if (name === 'InvalidPDFException') return 'damaged'
  return ({ there: 'damaged', gone: 'gone', unreachable: 'failed' } as const)[await standingOf(id)]
}

/** Pixels of one canvas: more is more than phones have. */
const maxPixels = 8_000_000

export interface Drawing {
  canvas: HTMLCanvasElement
  width: number
}

/** Draws a page over this many CSS pixels. Resolves when it is there; `signal` ends it. */
export async function drawPage(
  document: PDFDocumentProxy,
  number: number,
  { canvas, width }: Drawing,
  signal: AbortSignal,
): Promise<void> {
  const page = await document.getPage(number)
  if (signal.aborted) return
  const { width: own } = page.getViewport({ scale: 1 })
  const wanted = (width / own) * Math.min(2, devicePixelRatio)
  const whole = page.getViewport({ scale: wanted })
  const fits = Math.min(1, Math.sqrt(maxPixels / (whole.width * whole.height)))
  const viewport = page.getViewport({ scale: wanted * fits })
  canvas.width = Math.round(viewport.width)
  canvas.height = Math.round(viewport.height)
  const drawing = page.render({ canvas, viewport })
  const end = () => drawing.cancel()
  signal.addEventListener('abort', end, { once: true })
  try {
    await drawing.promise
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', end)
  }
}
