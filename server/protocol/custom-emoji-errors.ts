// The part of errors.ts that is about the workspace's own emoji.

export const customEmojiErrors = {
  no_emoji_right: {
    status: 403,
    retry: false,
    words: 'You cannot add or change this emoji. An administrator decides who may.',
  },
  bad_emoji_name: {
    status: 400,
    retry: false,
    words:
      'An emoji name has 2 to 32 letters, digits, hyphens, plus signs and underscores, begins with a letter or a digit, and has a letter; in Chinese or Japanese one character is enough.',
  },
  emoji_name_taken: {
    status: 409,
    retry: false,
    words: 'There is an emoji with this name already.',
  },
  too_many_emoji: {
    status: 409,
    retry: false,
    words: 'There can be at most 1,000 emoji, with at most 10 more names each. Remove one first.',
  },
  emoji_too_large: {
    status: 413,
    retry: false,
    words: 'An emoji can have at most 2 MB, 100 pictures and 25 million pixels.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
