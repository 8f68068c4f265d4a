// The part of errors.ts that is about profiles.

export const profileErrors = {
  bad_profile: {
    status: 400,
    retry: false,
    words:
      'A title can have at most 80 characters, pronouns 32 and an introduction 500, without control characters or direction marks.',
  },
  bad_status: {
    status: 400,
    retry: false,
    words: 'A status is one emoji, a single line of at most 100 characters, or both.',
  },
  bad_status_end: { status: 400, retry: false, words: 'A status must end in the future, within a year.' },
  bad_time_zone: { status: 400, retry: false, words: 'There is no such time zone.' },
  bad_image: {
    status: 400,
    retry: false,
    words: 'This is not an image that can be read. Use JPEG, PNG, WebP or GIF.',
  },
  image_too_large: {
    status: 413,
    retry: false,
    words: 'An image can have at most 5 MB and 50 million pixels.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
