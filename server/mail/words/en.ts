// Texts of mails in English. zh.ts must have the same shape. Placeholders are {name}; plural forms are separated by |.
export const mailEn = {
  hello: 'Hello {name},',
  footer: '{workspace}, {url}',
  forgot: {
    subject: 'Set a new password for {workspace}',
    text: 'Someone asked for a new password for your account “{name}”. If it was you, choose one now.',
    button: 'Choose a new password',
    after:
      'The link works once, for 30 minutes. If it wasn’t you, you don’t have to do anything: your password stays as it is.',
    admin:
      'Someone asked for a new password for your account “{name}”. The password of an administrator without two-step verification can’t be reset by mail. Whoever runs the server can make a link: npx brook admin reset',
  },
  passwordSet: {
    subject: 'Your password for {workspace} was changed',
    text: 'The password of your account “{name}” was set by a link on {when}. You were signed out on every device.',
    after: 'If it wasn’t you, set a new password now, and tell an administrator.',
    button: 'Open {workspace}',
  },
  address: {
    subject: 'Confirm your address for {workspace}',
    text: 'Use {address} for your account “{name}”?',
    button: 'Confirm address',
    after: 'The link works once, for 24 hours. If you don’t know this account, ignore this mail.',
    taken:
      'Someone wants to use {address} for the account “{name}”. It already belongs to another account, “{other}”. Sign in with that one, or remove the address there first.',
  },
  addressGone: {
    subject: 'Your address at {workspace} was changed',
    text: 'The account “{name}” no longer uses {address}. This was done on {when}.',
    after: 'If it wasn’t you, sign in, change your password, and set your address again.',
    button: 'Open {workspace}',
  },
  join: {
    subject: 'Join {workspace}',
    text: 'Someone asked to join {workspace} with {address}. If it was you, create your account now.',
    button: 'Create an account',
    after: 'The link works once, for 24 hours. If it wasn’t you, ignore this mail.',
    known:
      'Someone asked to join {workspace} with {address}. You already have an account here, “{name}”. Sign in with it; if you’ve forgotten the password, you can set a new one.',
    signIn: 'Sign in',
  },
  missed: {
    subject: '{by} in {room} | {n} messages in {room}',
    subjectDirect: '{by} wrote to you | {n} messages from {by}',
    text: 'There is something new for you in {room}. | There are {n} new messages for you in {room}.',
    textDirect: '{by} wrote to you. | {by} wrote to you.',
    more: 'One earlier message is not shown. | {n} earlier messages are not shown.',
    button: 'Open in {workspace}',
    why: 'You get this because you were away from {workspace} and haven’t read it yet.',
    off: 'Turn these mails off',
  },
}
export type MailWords = typeof mailEn
