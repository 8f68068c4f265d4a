// Texts in English: the installed app, and what other apps share with it. See en.ts.
export const installedEn = {
  installed: {
    title: 'Brook as an app',
    text: 'In a window of its own, with its icon beside your other apps. It opens without a network too.',
    is: 'Installed',
    install: 'Install',
    byHand: 'Open the Share menu of your browser and choose “Add to Home Screen”.',
    hint: 'Install Brook',
    hintText: 'It gets a window and an icon of its own, and opens faster.',
    notNow: 'Not now',
    badLink: "This link can't be opened.",
    elsewhere: 'This link leads to another server: {host}',
  },
  shared: {
    title: 'Share',
    to: 'Share with',
    notSent: 'It goes into the message you are writing there. Nothing is sent yet.',
    go: 'Continue',
    gone: 'Nothing to share',
    goneText: 'It was shared already, or there was no room to keep it. Share it again from the other app.',
    toRooms: 'To your rooms',
  },
}
