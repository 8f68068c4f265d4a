// Files: what a message says of each, and what is asked and answered about them.
import { Type, type Static } from 'typebox'
import { fileLimits } from './file-limits.ts'
import { Cid, Closed, EntrySeq, Id, Limit, Nullable, Time } from './schema.ts'

/** What a file is, by its content: how it is shown, and what it is filed under. */
export const fileKinds = ['image', 'video', 'audio', 'voice', 'pdf', 'text', 'other'] as const

const oneKind = (description: string) =>
  Type.Unsafe<(typeof fileKinds)[number]>(
    Type.Union(
      fileKinds.map((kind) => Type.Literal(kind)),
      { description },
    ),
  )
export const FileKind = oneKind('what it is, by its content')

const Pixels = Type.Integer({ minimum: 1, maximum: fileLimits.pixels, description: 'pixels' })
const Base64 = (maxLength: number, description: string) =>
  Type.String({ maxLength, pattern: '^[A-Za-z0-9+/]*={0,2}$', description })

/** All that a reader needs to show a file before a byte of it is there. It stands in the message's body. */
export const fileFields = {
  id: Id,
  name: Type.String({
    minLength: 1,
    maxLength: fileLimits.nameChars,
    description: 'its name, in any script',
  }),
  type: Type.String({ maxLength: 127, description: 'its MIME type, by its content' }),
  size: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'bytes' }),
  kind: FileKind,
  width: Type.Optional(Pixels),
  height: Type.Optional(Pixels),
  thumb: Type.Optional(Base64(fileLimits.thumbChars, 'a thumbhash, in base64')),
  animated: Type.Optional(Type.Literal(true)),
  durationMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: fileLimits.durationMs, description: 'how long it is, in ms' }),
  ),
  waveform: Type.Optional(Base64(fileLimits.waveformChars, '64 heights from 0 to 255, in base64')),
  alt: Type.Optional(
    Type.String({ maxLength: fileLimits.altChars, description: 'what the picture shows, in words' }),
  ),
}
export const FileRef = Closed(fileFields)

/** As they are sent: the ids of uploads. */
export const SentFiles = Type.Array(Id, {
  minItems: 1,
  maxItems: fileLimits.perMessage,
  uniqueItems: true,
  description: 'the ids of uploads, in their order',
})
export const KeptFiles = Type.Array(FileRef, { minItems: 1, maxItems: fileLimits.perMessage })

/**
 * A file as its owner, or whoever may read its message, sees it. `offset`: bytes that have arrived. `whole`: all have, and were
 * looked at. `room` and `seq`: the message; missing while it is not sent, `seq` also while it is not archived.
 */
export const FileState = Closed({
  ...fileFields,
  offset: Type.Integer({ minimum: 0 }),
  whole: Type.Boolean(),
  room: Type.Optional(Id),
  seq: Type.Optional(EntrySeq),
  at: Time,
})
export const FileAnswer = Closed({ file: FileState })
export const FileParams = Closed({ id: Id })

/** Of one's own file, before it is sent. */
export const FileChange = Closed({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 4 * fileLimits.nameChars })),
  alt: Type.Optional(Type.String({ maxLength: fileLimits.altChars })),
})

export const ContentQuery = Closed({
  download: Type.Optional(
    Type.Literal('1', { description: 'to be saved; without it, what browsers show safely is shown' }),
  ),
})

/** The next larger one of a few widths is the answer, and never more than the picture has. */
export const PreviewQuery = Closed({
  width: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: fileLimits.pixels,
      description: 'pixels of the screen that it fills; without it, 640',
    }),
  ),
})

const filters = {
  kind: Type.Optional(oneKind('only files of this kind; without it, of all kinds')),
  before: Type.Optional(
    Type.String({
      pattern: '^[1-9][0-9]{0,18}$',
      description: 'the `next` of the previous page; without it, the first page',
    }),
  ),
  from: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'sent at this time or later, in ms; without it, from the first',
    }),
  ),
  to: Type.Optional(
    Type.Integer({ minimum: 0, description: 'sent before this time, in ms; without it, up to now' }),
  ),
  limit: Limit(fileLimits.page.default, fileLimits.page.max),
}
export const RoomFilesQuery = Closed({
  ...filters,
  by: Type.Optional(
    Type.String({
      pattern: '^[1-9][0-9]{0,18}$',
      description: 'only files of this person; without it, of everybody',
    }),
  ),
})
export const OwnFilesQuery = Closed(filters)

/**
 * A file in a list. `user`: who sent it. `thread`: its message is only there. `at`: when its upload began.
 */
export const ListedFile = Closed({
  ...fileFields,
  room: Id,
  seq: EntrySeq,
  thread: Type.Optional(EntrySeq),
  user: Closed({ id: Id, name: Type.String() }),
  at: Time,
})
/** The newest first. `next`: the `before` of the next page; null: this is the last one. */
export const FilesAnswer = Closed({ files: Type.Array(ListedFile), next: Nullable(Type.String()) })

const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'bytes' })
const Quota = Type.Integer({ minimum: 0, maximum: fileLimits.quotaBytes, description: 'bytes; 0: no limit' })

/** What files may take. `fileBytes`: the largest file. */
export const StorageSettings = Closed({
  fileBytes: Type.Integer({ minimum: 1, maximum: fileLimits.fileBytes.max, description: 'bytes' }),
  personBytes: Quota,
  workspaceBytes: Quota,
})
export const StorageChange = Type.Partial(StorageSettings)

/**
 * What files take: `bytes` as people see them, `kept` on disk or elsewhere, where the same bytes are once. `free`: what the disk
 * has left; null: unknown, or they are kept elsewhere. `people`: who has most.
 */
export const StorageAnswer = Closed({
  settings: StorageSettings,
  files: Type.Integer({ minimum: 0 }),
  bytes: Bytes,
  kept: Bytes,
  free: Nullable(Bytes),
  reserve: Bytes,
  kinds: Type.Array(Closed({ kind: FileKind, files: Type.Integer({ minimum: 0 }), bytes: Bytes })),
  people: Type.Array(
    Closed({ id: Id, name: Type.String(), files: Type.Integer({ minimum: 0 }), bytes: Bytes }),
  ),
})

/** What the header Upload-Metadata of a new upload may say, beside the name. */
export const UploadFacts = Closed({
  cid: Cid,
  voice: Type.Optional(Type.Literal(true)),
  durationMs: fileFields.durationMs,
  waveform: fileFields.waveform,
  width: fileFields.width,
  height: fileFields.height,
})

export type FileKind = Static<typeof FileKind>
export type FileRef = Static<typeof FileRef>
export type FileState = Static<typeof FileState>
export type FileAnswer = Static<typeof FileAnswer>
export type FileChange = Static<typeof FileChange>
export type RoomFilesQuery = Static<typeof RoomFilesQuery>
export type ListedFile = Static<typeof ListedFile>
export type FilesAnswer = Static<typeof FilesAnswer>
export type StorageSettings = Static<typeof StorageSettings>
export type StorageChange = Static<typeof StorageChange>
export type StorageAnswer = Static<typeof StorageAnswer>
export type UploadFacts = Static<typeof UploadFacts>
