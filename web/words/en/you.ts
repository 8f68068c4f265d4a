// Texts in English: one's own account. See en.ts.
export const youEn = {
  you: {
    title: 'Your account',
    failed: "Couldn't load this page.",
    name: 'Name',
    nameText: 'Everyone sees it, also on your earlier messages.',
    changeName: 'Change name',
    renameTitle: 'Change your name',
    renameText:
      'Everyone sees the new name at once. For 30 days, your old one still leads to you, and no one else can take it.',
    newName: 'New name',
    nameEmpty: 'Enter a name.',
    nameSame: 'That’s already your name.',
    save: 'Save',
    renamed: 'You are now {name}.',
    former: '{name} still leads to you until {when}',
    renamedTitle: 'Your name has been changed',
    renamedBy: '{by} changed your name from {was} to {name}.',
    renamedByNobody: 'Your name was changed from {was} to {name}.',
    understood: 'Got it',
    data: 'Your data',
    dataText:
      'Your profile, rooms, devices, saved messages, reminders, and everything you wrote, with earlier versions. One JSON object per line.',
    download: 'Download',
    end: 'End this account',
    endText: 'You’re signed out everywhere and can’t sign in again. This can’t be undone.',
    endIt: 'End account…',
    endTitle: 'End your account?',
    endWhat:
      'You leave all rooms, and what only you could see is deleted. Rooms without another owner go to a moderator, or to whoever has been there longest.',
    endMessages: 'Your messages',
    endKeep: 'Keep them, without your name',
    endKeepText: 'They appear as messages from a former member.',
    endDelete: 'Delete them',
    endDeleteText: 'All of them, in every room. This can take a while.',
    endNow: 'End account',
  },
}
