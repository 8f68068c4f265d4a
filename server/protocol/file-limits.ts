// The limits of files. Apart from `limits`, so that the sign-in page does not carry them.
import { hour, kib, minute, second } from './units.ts'

const mib = 1024 * kib
const gib = 1024 * mib

export const fileLimits = {
  /** Of one message: what a phone shows without scrolling twice. */
  perMessage: 10,
  /** Characters of a name: what file systems take. */
  nameChars: 255,
  /** Characters of a description for those who do not see the picture: a paragraph. */
  altChars: 1_000,
  /** Bytes of the description of an upload (Upload-Metadata): a name in any script, and a waveform. */
  metadataBytes: 8 * kib,
  /** Bytes of a thumbhash in base64, and of a waveform: 64 heights. */
  thumbChars: 64,
  waveformBytes: 64,
  waveformChars: 88,
  /** What a sender may say of a sound or a film. */
  durationMs: 24 * hour,
  pixels: 65_535,
  /** The largest file, unless the workspace says otherwise: a long film of a phone; and the most that it may say. */
  fileBytes: { default: 2 * gib, max: 50 * gib },
  /** What one person's files may take, and those of all, unless the workspace says otherwise; 0: no limit. */
  personBytes: 20 * gib,
  workspaceBytes: 0,
  /** The most that a quota may be set to: beyond it no disk goes. */
  quotaBytes: 1024 * 1024 * gib,
  /** Below this, uploads are refused: logs, the databases and talk need the rest. */
  reserveBytes: 1 * gib,
  /** ... which is asked of the disk at most so often. */
  spaceEveryMs: 1 * second,
  /** ... and again after so many bytes of one upload: it may have said nothing of how many will come, and others come too. */
  spaceEveryBytes: 8 * mib,
  /** Uploads of one person that have begun and not been sent: a phone's roll of one trip. */
  unsent: 200,
  /** An upload that was not finished, or not sent, is kept so long. */
  unsentMs: 24 * hour,
  /** While its bytes come, an upload may be silent for so long. */
  stalledMs: 30 * second,
  /** How often the sweep looks; rows of one step; and its rest between steps. */
  sweepEveryMs: 5 * minute,
  sweepRows: 200,
  sweepRestMs: 50,
  /** Blobs that have come so recently are left alone: somebody may be about to write their row. */
  youngMs: 10 * minute,
  /** What a server that was killed has left half made is removed after so long: nothing takes so long to be made. */
  leftMs: 1 * hour,
  /** Files in a page of a list: a few screens. */
  page: { default: 50, max: 200 },
  /** People in the list of who uses how much. */
  largest: 50,
} as const
