// The two alternatives for a word index in plain MySQL and MariaDB, on the same messages with the same tokens: a row for
// each token of each message, and FULLTEXT over a column of tokens. Only the look-up itself: no text is read or compared.
import type { Db } from '../../server/db.ts'
import { needleOf } from '../../server/protocol/find.ts'
import { needsOf, tokensOf, type Token } from '../../server/search/tokens.ts'

export interface Other {
  name: string
  table: string
  /** Makes and fills its table. */
  build: () => Promise<void>
  /** The newest twenty messages that have all of these tokens. */
  find: (tokens: readonly Token[]) => Promise<unknown>
}

/** The tokens of a message with these words. */
export const tokensFor = (words: string): Token[] =>
  needsOf(needleOf({ text: words, isPrefix: false })).flatMap(([least = []]) => least.map(({ from }) => from))

interface Text {
  room: number
  seq: number
  user: string
  text: string
}

const page = 2_000

async function* texts(db: Db, rooms: number): AsyncGenerator<Text[]> {
  for (let room = 1; room <= rooms; room += 1)
    for (let after = 0; ;) {
      const rows = await db.rows<Text>(
        `SELECT room_id AS room, seq, CAST(user_id AS CHAR) AS user, text FROM messages
         WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
        [room, after, page],
      )
      if (rows.length === 0) break
      yield rows
      after = rows.at(-1)?.seq ?? after
    }
}

/** Some thirty rows per message, in the order in which they are looked up. */
export const rowForEach = (db: Db, rooms: number): Other => ({
  name: 'a row for each token',
  table: 'other_postings',
  build: async () => {
    await db.run(
      `CREATE TABLE other_postings (room_id BIGINT UNSIGNED NOT NULL, token BIGINT UNSIGNED NOT NULL,
         seq BIGINT UNSIGNED NOT NULL, PRIMARY KEY (room_id, token, seq)) ENGINE=InnoDB`,
    )
    for await (const rows of texts(db, rooms)) {
      const postings = rows.flatMap(({ room, seq, user, text }) =>
        [...tokensOf(text, user)].map((token) => [room, token, seq]),
      )
      postings.sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0))
      await db.run('INSERT INTO other_postings (room_id, token, seq) VALUES ?', [postings])
    }
  },
  find: (tokens) => {
    const [first = 0, ...others] = tokens
    const joins = others
      .map(
        (_, i) =>
          `JOIN other_postings p${i} ON p${i}.room_id = p.room_id AND p${i}.token = ? AND p${i}.seq = p.seq`,
      )
      .join(' ')
    const one = `(SELECT p.room_id, p.seq FROM other_postings p ${joins} WHERE p.room_id = ? AND p.token = ?
                  ORDER BY p.seq DESC LIMIT 20)`
    const all = Array.from({ length: rooms }, (_, i) => i + 1)
    return db.rows(
      `${all.map(() => one).join(' UNION ALL ')} ORDER BY seq DESC LIMIT 20`,
      all.flatMap((room) => [...others, room, first]),
    )
  },
})

/** Tokens as words of letters and digits, longer than any server's minimum. */
const encoded = (token: Token): string => `t${token.toString(36)}z`

export const fullText = (db: Db, rooms: number): Other => ({
  name: 'FULLTEXT over tokens',
  table: 'other_fulltext',
  build: async () => {
    await db.run(
      `CREATE TABLE other_fulltext (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, room_id BIGINT UNSIGNED NOT NULL,
         seq BIGINT UNSIGNED NOT NULL, tokens TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, FULLTEXT KEY (tokens))
       ENGINE=InnoDB`,
    )
    for await (const rows of texts(db, rooms))
      await db.run('INSERT INTO other_fulltext (room_id, seq, tokens) VALUES ?', [
        rows.map(({ room, seq, user, text }) => [
          room,
          seq,
          [...tokensOf(text, user)].map(encoded).join(' '),
        ]),
      ])
  },
  find: (tokens) =>
    db.rows(
      `SELECT room_id, seq FROM other_fulltext WHERE MATCH (tokens) AGAINST (? IN BOOLEAN MODE)
       ORDER BY seq DESC LIMIT 20`,
      [tokens.map((token) => `+${encoded(token)}`).join(' ')],
    ),
})
