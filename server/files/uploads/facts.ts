// What the header Upload-Metadata says of a new upload: its cid and name, and of a sound or a film what its sender knows.
import { Compile } from 'typebox/compile'
import { cidPattern } from '../../protocol/cid.ts'
import { fileFields } from '../../protocol/files.ts'
import type { FileInfo } from '../file-row.ts'
import { cleanFileName } from '../file-names.ts'

export interface NewUpload {
  cid: string
  name: string
  info: FileInfo
}

type Said = Readonly<Record<string, string | null>>

const isCid = new RegExp(cidPattern)
const isHash = /^[0-9a-f]{64}$/

/** Each is a whole number, or text, in bounds; others are left out: the file is shown without them. */
const checks = {
  durationMs: Compile(fileFields.durationMs),
  width: Compile(fileFields.width),
  height: Compile(fileFields.height),
  waveform: Compile(fileFields.waveform),
}

/** Undefined: there is no cid by which it could be asked for again. */
export function readUpload(said: Said): NewUpload | undefined {
  const { cid, filename, voice, sha256, waveform } = said
  if (typeof cid !== 'string' || !isCid.test(cid)) return undefined
  const told: Record<string, unknown> = {}
  for (const name of ['durationMs', 'width', 'height'] as const) {
    const value = Number(said[name] ?? Number.NaN)
    if (checks[name].Check(value)) told[name] = value
  }
  if (typeof waveform === 'string' && waveform !== '' && checks.waveform.Check(waveform))
    told['waveform'] = waveform
  if (voice === '1' || voice === 'true') told['voice'] = true
  const info: FileInfo = Object.keys(told).length === 0 ? {} : { told }
  if (typeof sha256 === 'string' && isHash.test(sha256)) info.sha256 = sha256
  return { cid, name: cleanFileName(filename ?? ''), info }
}
