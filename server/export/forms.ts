// The forms of an export by their names.
import type { ExportFormat } from '../protocol/moments.ts'
import type { Form } from './form.ts'
import { html } from './html.ts'
import { markdown } from './markdown.ts'

/** A message a line, as the API gives it; the last line says how far it is complete. */
const lines = (): Form => ({
  ...{ type: 'application/x-ndjson; charset=utf-8', ending: 'jsonl' },
  start: () => '',
  message: (message) => `${JSON.stringify(message)}\n`,
  end: (end) => `${JSON.stringify({ kind: 'end', ...end })}\n`,
})

const forms: Record<ExportFormat, (zone: string) => Form> = { md: markdown, html, jsonl: lines }

export const exportFormats = Object.keys(forms) as ExportFormat[]
export const formOf = (format: ExportFormat, zone: string): Form => forms[format](zone)
