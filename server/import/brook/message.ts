// A message as a Brook shows it, over its API and in its exports, for the import.
import { Compile } from 'typebox/compile'
import { KeptFiles, type FileRef } from '../../protocol/files.ts'
import type { Message, SpokenMessage } from '../../protocol/http.ts'
import { keptBody } from '../../protocol/message.ts'
import { isOver } from '../../protocol/entries/poll.ts'
import { isSpoken } from '../../protocol/timeline.ts'
import { asPlain } from '../../slack/plain-words.ts'
import { tameText } from '../split-text.ts'
import type { Refuse, SourceFile, SourceMessage, SourcePoll } from '../source.ts'

const Kept = Compile(KeptFiles)

interface Met {
  id: string
  name: string
  bot?: boolean
}

/** Everybody that a message names. An older Brook does not send reactions. */
export function peopleIn(message: Message): Met[] {
  if (!isSpoken(message)) return []
  const { user, pinnedBy, votes = [], reactions = [] as SpokenMessage['reactions'] } = message
  const voters = votes.flatMap(({ voter, name }) => (name === undefined ? [] : { id: voter, name }))
  return [
    user,
    ...(pinnedBy === undefined ? [] : [pinnedBy]),
    ...reactions.flatMap(({ users }) => users),
    ...voters,
  ]
}

/** How the bytes of a file are had from the source; undefined: not at all. */
export type BytesOf = (file: FileRef) => SourceFile['bytes']

/** Undefined for what is not imported, which is reported. `place`: where it is in the source. */
export function readMessage(
  message: Message,
  { place, refuse, bytesOf }: { place: string; refuse: Refuse; bytesOf: BytesOf },
): SourceMessage | undefined {
  if (!isSpoken(message)) {
    refuse({ place, why: `a notice that somebody ${message.notice.kind}`, expected: true })
    return undefined
  }
  const { seq, at, user, deletedAt, pinnedBy, reactions = [] as SpokenMessage['reactions'] } = message
  // The ids of mentioned people and of rooms differ here, so mentions and what is forwarded are dropped.
  const body = keptBody({ ...message, mentions: undefined, forwarded: undefined, files: undefined }, seq)
  if (body === undefined) {
    refuse({ place, why: 'a message without text', expected: false })
    return undefined
  }
  const { replyTo, thread, mentions: _ids, files: _files, ...said } = body
  const files = deletedAt ? [] : filesIn(message, bytesOf)
  const poll = pollOf(message)
  return {
    ...said,
    ref: String(seq),
    at,
    author: user.id,
    text: tameText(said.text),
    reactions: reactions.map(({ emoji, users }) => ({ emoji, people: users.map(({ id }) => id) })),
    place,
    ...(user.bot === true ? { isBot: true, name: user.name } : {}),
    ...(user.icon === undefined ? {} : { icon: user.icon }),
    ...(deletedAt ? { deletedAt } : {}),
    ...(pinnedBy === undefined ? {} : { pinnedBy: pinnedBy.id }),
    ...(poll === undefined ? {} : { poll }),
    ...(replyTo ? { replyTo: String(replyTo) } : {}),
    ...(thread ? { thread: String(thread) } : {}),
    ...(files.length === 0 ? {} : { files }),
  }
}

/** What is in a file may be anything; what is said of it here is checked as that of an upload. */
function filesIn({ files }: SpokenMessage, bytesOf: BytesOf): SourceFile[] {
  if (!Kept.Check(files)) return []
  return files.map((file) => {
    const { id, name, kind, alt, durationMs, waveform, width, height } = file
    const size = kind === 'video' && width !== undefined && height !== undefined ? { width, height } : {}
    const told = {
      ...(kind === 'voice' ? { voice: true as const } : {}),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(waveform === undefined ? {} : { waveform }),
      ...size,
    }
    const bytes = bytesOf(file)
    return {
      ref: id,
      name,
      instead: `📎 ${asPlain(name)}`,
      told,
      ...(alt === undefined ? {} : { alt }),
      ...(bytes === undefined ? {} : { bytes }),
    }
  })
}

function pollOf(message: SpokenMessage): SourcePoll | undefined {
  const { poll, votes = [], deletedAt } = message
  return poll === undefined || deletedAt !== null
    ? undefined
    : { ...poll, votes, isClosed: isOver(message, Date.now()) }
}
