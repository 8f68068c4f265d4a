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
    data: 'Your data',
    dataText:
      'Your profile, rooms, devices, saved messages, reminders, and everything you wrote, with earlier versions. A JSON object on each line.',
    download: 'Download',
    end: 'End this account',
    endText: 'You are signed out everywhere and can’t come back. This can’t be undone.',
    endIt: 'End account…',
    endTitle: 'End your account?',
    endWhat:
      'You leave all rooms, and what only you could see is deleted. Rooms that you own alone go to a moderator or to whoever has been there longest.',
    endMessages: 'Your messages',
    endKeep: 'Stay, without your name',
    endKeepText: 'They are shown as from a former member.',
    endDelete: 'Are deleted',
    endDeleteText: 'All of them, in every room. This can take a while.',
    endNow: 'End account',
  },
}
