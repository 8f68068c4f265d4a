// Texts in English: one's own account. See en.ts.
export const youEn = {
  you: {
    title: 'Your account',
    failed: "Couldn't load this page.",
    name: 'Name',
    nameText: 'Everyone sees it, on your earlier messages too.',
    changeName: 'Change name',
    renameTitle: 'Change your name',
    renameText:
      'Everyone sees the new name at once. For 30 days, your old one still leads to you, and no one else can take it.',
    newName: 'New name',
    nameEmpty: 'Enter a name.',
    nameSame: 'That is your name already.',
    save: 'Save',
    renamed: 'You are now {name}.',
    former: 'Still leads to you: {name}, until {when}',
    renamedTitle: 'Your name has been changed',
    renamedBy: '{by} changed your name from {was} to {name}.',
    renamedByNobody: 'Your name was changed from {was} to {name}.',
    understood: 'Got it',
  },
}
