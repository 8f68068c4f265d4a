// Texts in English: link previews. See en.ts.
export const cardsEn = {
  cards: {
    of: 'Preview: {title}',
    message: 'Message',
    open: 'Show preview',
    fold: 'Collapse preview',
    remove: 'Remove preview for everyone',
    removeAll: 'Remove link previews',
    removed: 'Preview removed | Preview removed | Previews removed',
    onBy: '{name} turned on link previews',
    offBy: '{name} turned off link previews',
    room: 'Link previews',
    roomText:
      'Links in messages show the title and picture of the page. The server loads it, not your browser.',
    on: 'On',
    off: 'Off',
    title: 'Link previews',
    text: 'How links in messages look to you. Others aren’t affected.',
    views: { open: 'Show', folded: 'Collapse to one line', hidden: 'Don’t show' },
    workspace: 'Show previews of links',
    workspaceText: 'Rooms can turn them off. Each page is loaded once, by the server.',
    blocked: 'Sites without previews',
    blockedText: 'One site per line, like example.com. Its subdomains are included.',
    save: 'Save',
    saved: 'Link preview settings saved',
    failed: 'Couldn’t load link preview settings.',
  },
}
