// The part of errors.ts that is about files.

export const fileErrors = {
  file_too_large: { status: 413, retry: false, words: 'The file is larger than this workspace allows.' },
  empty_file: { status: 400, retry: false, words: 'The file is empty.' },
  bad_file: { status: 400, retry: false, words: 'The file is damaged, or not what it claims to be.' },
  too_many_pixels: {
    status: 413,
    retry: false,
    words: 'A picture can have at most 200 million pixels.',
  },
  too_many_frames: {
    status: 413,
    retry: false,
    words: 'An animation can have at most 2,000 frames, and a billion pixels in all of them.',
  },
  wrong_bytes: {
    status: 460,
    retry: false,
    words: 'The bytes that arrived are not those that were sent. Send them again.',
  },
  quota: { status: 507, retry: false, words: 'There is no room left for your files. Delete some first.' },
  disk_full: {
    status: 507,
    retry: true,
    words: 'The server has no space for files at the moment. Messages without files can still be sent.',
  },
  files_away: {
    status: 503,
    retry: true,
    words:
      'Files cannot be reached at the moment. Nothing is lost; messages without files can still be sent.',
  },
  too_many_files: {
    status: 409,
    retry: false,
    words: 'Too many files are waiting to be sent. Send or remove some first.',
  },
  file_gone: {
    status: 410,
    retry: false,
    words: 'A file of this message is not there any more. Attach it again.',
  },
  file_taken: { status: 409, retry: false, words: 'This file is part of another message already.' },
  file_unfinished: { status: 409, retry: true, words: 'A file of this message has not arrived yet.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
