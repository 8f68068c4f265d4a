// What is stuck, in English: for the shell, the API and alarms. The web app has the same in each of its languages.
import type { PipelineTrouble, TroubleCode } from '../protocol/pipeline.ts'

type Facts = Omit<PipelineTrouble, 'words' | 'part'>

const whole = (n: number | null): string => Math.round(n ?? 0).toLocaleString('en')

const sentences: Record<TroubleCode, (facts: Facts) => string> = {
  redis_away: () => 'Nobody can send: Redis does not answer',
  redis_refuses: ({ why }) => `Nobody can send: ${why ?? 'Redis takes nothing'}`,
  shard_away: ({ why }) => `In some rooms nobody can send: ${why ?? 'a Redis does not answer'}`,
  log_deaf: ({ who }) => `The server ${who} hears nothing of what is sent`,
  no_server: () => 'No server is running',
  server_silent: ({ who }) => `The server ${who} has not reported`,
  backlog_full: () => 'Sends are refused: too much waits for MySQL',
  mysql_away: () => 'Messages are not reaching MySQL: it does not answer',
  mysql_refuses: ({ why }) => `Messages are not reaching MySQL: ${why ?? 'it refuses'}`,
  no_sync: () => 'Messages are not reaching MySQL: no sync process is running',
  sync_silent: ({ who }) => `Messages are not reaching MySQL: the sync process ${who} does not answer`,
  sync_fails: ({ why }) => `Messages are not reaching MySQL: ${why}`,
  sync_late: ({ n }) => `Messages reach MySQL late: ${whole(n)} are waiting`,
  notify_unheld: () => 'Nobody is told of mentions: no server decides who is told',
  notify_late: () => 'People are told of mentions late',
  search_late: ({ n }) => `Search lacks ${whole(n)} messages`,
  hook_waits: ({ who, n }) =>
    `The receiver of a webhook (${who}) takes nothing: ${whole(n)} messages are waiting`,
  push_late: ({ n }) => `Push messages are not sent: ${whole(n)} are waiting`,
  disk_full: ({ n }) => `Uploads are refused: the disk of the files has ${whole((n ?? 0) / 1e6)} MB left`,
  clocks_apart: ({ n }) => `The clocks of Redis and of the servers are ${whole(n)} s apart`,
}

/** A sentence without its full stop, with how long it has been so, if that is known: "..., for 12 s". */
export function wordsOf(facts: Facts): string {
  const { code, forMs } = facts
  const words = sentences[code](facts)
  return forMs === null ? words : `${words}, for ${lasting(forMs)}`
}

/** "12 s", "3 min", "5 h". */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
