// What is on this device, and how far it goes.
export const offlineEn = {
  offline: {
    asOf: 'Complete up to {ago}.',
    searched:
      'Offline: {found} found in {n} room on this device | Offline: {found} found in {n} rooms on this device',
    queued: "It's set once you're back online.",
    queuedPoll: "The poll is posted once you're back online.",
    notDone: {
      poll: "Your poll wasn't posted. {why}",
      status: "Your status wasn't set. {why}",
      save: "The message wasn't saved. {why}",
    },
    lostTitle: "Some messages weren't sent",
    lostText: "You're no longer in the room, or the room is gone. Here's what you wrote.",
    copy: 'Copy',
    copied: 'Copied.',
    discard: 'Discard',
    title: 'On this device',
    text: 'The rooms you use most are kept in this browser. You can read and search them without a network.',
    none: "This browser keeps nothing, for example because it's a private window. Without a network, there's nothing to read.",
    full: "This device's disk is full. Some of the newest messages can't be kept for reading offline.",
    holds: '{size} in {n} room | {size} in {n} rooms',
    atMost: 'At most',
    megabytes: '{n} MB',
    remove: 'Remove from this device',
    removed: 'Removed from this device.',
  },
}
