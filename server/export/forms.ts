// The export formats by name.
import type { ExportFormat } from '../protocol/moments.ts'
import { headerOf, type Form } from './form.ts'
import { html } from './html.ts'
import { markdown } from './markdown.ts'

/** A header, then one message per line, as the API returns it; the last line says up to where it is complete. */
const lines = (): Form => ({
  type: 'application/x-ndjson; charset=utf-8',
  ending: 'jsonl',
  start: (about) => `${JSON.stringify(headerOf(about))}\n`,
  message: (message) => `${JSON.stringify(message)}\n`,
  end: (end) => `${JSON.stringify({ kind: 'end', ...end })}\n`,
})

const forms: Record<ExportFormat, (zone: string, hasFiles: boolean) => Form> = {
  md: markdown,
  html,
  jsonl: lines,
}

export const exportFormats = Object.keys(forms) as ExportFormat[]
/** `hasFiles`: they are beside it, as bundledName says, so it links to them. */
export const formOf = (format: ExportFormat, zone: string, hasFiles = false): Form =>
  forms[format](zone, hasFiles)
