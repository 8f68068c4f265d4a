// Texts in English: link previews. See en.ts.
export const cardsEn = {
  cards: {
    onBy: '{name} turned on link previews',
    offBy: '{name} turned off link previews',
    room: 'Link previews',
    roomText:
      'Links in messages show the title and picture of the page. The server loads it, not your browser.',
    on: 'On',
    off: 'Off',
  },
}
