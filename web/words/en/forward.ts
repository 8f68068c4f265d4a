// Texts in English: forwarding messages, and who has seen one. See en.ts.
export const forwardEn = {
  forward: {
    action: 'Forward…',
    title: 'Forward message',
    text: 'People see it only if they may read it where it is.',
    to: 'Forward to',
    find: 'Find a room or a person',
    thread: 'This thread',
    none: 'No rooms or people found',
    comment: 'Comment',
    optional: 'Optional',
    send: 'Forward',
    done: 'Forwarded to {room}',
    from: 'Forwarded',
    hidden: 'A message from a room you’re not in',
  },
  seen: {
    by: 'Seen by {names}',
    nobody: 'No one has seen it yet',
    title: 'What you’ve read',
    text: 'In small rooms, people see who has read a message. If you hide it, you can’t see it for others either.',
    show: 'Show others what I’ve read',
  },
}
