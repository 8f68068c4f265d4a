// Texts in English: rules about words and links. See en.ts.
export const rulesEn = {
  rules: {
    text: 'Words and sites that nobody can post here, except administrators.',
    failed: "Couldn't load rules.",
    none: 'No rules yet',
    noneText: 'Add a word, a phrase or a site to refuse it, or to review messages with it first.',
    add: 'Add rule',
    kind: 'Kind',
    kinds: { word: 'Word or phrase', host: 'Site' },
    word: 'Word or phrase',
    wordHint: 'Whole words, however they are written. Chinese and the like: anywhere.',
    wordBad: 'Enter a word or a phrase of up to 100 characters.',
    host: 'Site',
    hostHint: 'A name such as example.com, with everything below it',
    hostBad: 'Enter the name of a site, such as example.com.',
    does: 'What happens',
    effects: { refuse: 'Refuse', hold: 'Hold for review' },
    doesText: {
      refuse: 'The message is refused, and its author is told.',
      hold: 'The message waits under Reports until someone posts it. Edits, topics and room names are refused.',
    },
    save: 'Add',
    saved: 'Rule saved.',
    remove: 'Remove',
    removeNamed: 'Remove the rule for {text}',
    removed: 'Rule removed.',
    holdLinks: 'Hold links of new people for review',
    holdLinksText:
      'For so long after they joined, links they post wait under Reports. Administrators are exempt.',
    holdLinksNone: 'Don’t hold links',
    changed: 'Saved.',
  },
}
