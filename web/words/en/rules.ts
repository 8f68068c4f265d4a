// Texts in English: rules about words and links. See en.ts.
export const rulesEn = {
  rules: {
    text: 'Messages with these words and sites are refused or held for review. Administrators are exempt.',
    failed: "Couldn't load rules.",
    none: 'No rules yet',
    noneText: 'Add a word, a phrase or a site to refuse messages with it, or to review them first.',
    add: 'Add rule',
    kind: 'Kind',
    kinds: { word: 'Word or phrase', host: 'Site' },
    word: 'Word or phrase',
    wordHint:
      'Matches whole words in upper and lower case. In scripts without spaces, such as Chinese, it matches anywhere.',
    wordBad: 'Enter a word or a phrase of up to 100 characters.',
    host: 'Site',
    hostHint: 'For example, example.com. Its subdomains are included.',
    hostBad: 'Enter a site, such as example.com.',
    does: 'What happens',
    effects: { refuse: 'Refuse', hold: 'Hold for review' },
    doesText: {
      refuse: 'The message is refused, and its author is told.',
      hold: 'The message waits under Reports until someone posts it. Edits, topics and room names with it are refused.',
    },
    save: 'Add',
    saved: 'Rule saved.',
    remove: 'Remove',
    removeNamed: 'Remove the rule for {text}',
    removed: 'Rule removed.',
    holdLinks: 'Hold links from new people for review',
    holdLinksText:
      'Messages with links wait under Reports if their author joined this recently. Administrators are exempt.',
    holdLinksNone: 'Don’t hold links',
    changed: 'Saved.',
  },
}
