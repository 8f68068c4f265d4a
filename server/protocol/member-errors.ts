// The part of errors.ts that is about what people set for themselves in rooms.

export const memberErrors = {
  bad_mute: {
    status: 400,
    retry: false,
    words: 'A room can be muted until a time within the next year, or until you turn it off.',
  },
  bad_section_name: {
    status: 400,
    retry: false,
    words: 'A section name must have 1 to 32 characters, without control characters or direction marks.',
  },
  section_name_taken: {
    status: 409,
    retry: false,
    words: 'You have a section with this name already, or with one that looks like it.',
  },
  too_many_sections: {
    status: 409,
    retry: false,
    words: 'You can have at most 50 sections. Delete one first.',
  },
  no_such_section: { status: 404, retry: false, words: 'You have no such section.' },
  no_group_right: {
    status: 403,
    retry: false,
    words: 'You cannot make or change this group. An administrator decides who may.',
  },
  too_many_groups: {
    status: 409,
    retry: false,
    words: 'There can be at most 200 groups. Delete one first.',
  },
  group_full: { status: 409, retry: false, words: 'A group can have at most 500 people.' },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
