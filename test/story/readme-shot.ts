// The scene of the README's screenshots: four people in a real Brook on a Friday morning, from Ann's screen. The
// morning's messages are posted in a moment; then the log is emptied as after a loss, MySQL gets the times, and the
// server starts again from MySQL: everything visible is what Brook shows of its archive.
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { keysOf } from '../../server/log/keys.ts'
import { settled } from '../support/browser-eye.ts'
import { Story } from '../support/browser-story.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const folder = fileURLToPath(new URL('../../docs/', import.meta.url))
const maxBytes = 300_000
const minute = 60_000
const day = 24 * 60 * minute

type Who = 'Ann' | 'Mara' | '李思' | '老王'
interface Line {
  who: Who
  /** "09:12", and how many days ago. */
  at: string
  daysAgo?: number
  text: string
  /** Replies to the line with this text. */
  answers?: string
}

const garden: Line[] = [
  {
    who: 'Mara',
    daysAgo: 1,
    at: '16:42',
    text: 'Second node is up again. I will watch it until six and then call it a day.',
  },
  {
    who: 'Ann',
    daysAgo: 1,
    at: '16:49',
    text: 'Thank you. The dashboard is at https://status.example.org/nodes/2',
  },
  { who: '老王', daysAgo: 1, at: '17:20', text: '我也在看。到现在为止一条都没有重复。' },
  { who: 'Mara', daysAgo: 1, at: '18:03', text: 'Quiet since half past five. Good night, everybody 🌿' },
  { who: '老王', at: '09:12', text: '早上好！昨晚的备份跑完了，一条都没丢 🎉' },
  { who: '老王', at: '09:13', text: '归档延迟稳定在 0.9 s。' },
  {
    who: 'Mara',
    at: '09:31',
    text: 'Lovely. Ann, could you write down how you restarted the second node? I would like it in the notes before Friday, with the numbers we saw.',
    answers: '早上好！昨晚的备份跑完了，一条都没丢 🎉',
  },
  { who: 'Mara', at: '09:32', text: 'No hurry, this afternoon is fine.' },
  { who: '李思', at: '09:58', text: '可以贴一下命令吗？我下午在第三台上也试一次。' },
]
const others: Record<string, Line[]> = {
  lobby: [{ who: '老王', at: '08:55', text: '大家早 ☀️' }],
  deploys: Array.from({ length: 48 }, (_, n) => ({
    who: 'Mara' as const,
    at: `09:${String(10 + Math.floor(n / 2)).padStart(2, '0')}`,
    text: `build ${1204 + n}: green`,
  })),
  产品讨论: [
    { who: '李思', at: '09:40', text: '新的引导页，大家看看文字顺不顺？' },
    { who: '老王', at: '09:44', text: '第二步可以再短一点。' },
    { who: '李思', at: '09:47', text: '好，我改一版。' },
  ],
  'reading-club': [{ who: 'Mara', daysAgo: 2, at: '20:15', text: 'Chapter four for next week, then?' }],
  founders: [{ who: '老王', daysAgo: 1, at: '18:20', text: '预算我更新了。' }],
}
const topics: Record<string, string> = { garden: 'What grows, what broke, what we learned' }
const unread = new Set(['deploys', '产品讨论'])
/** Ann has read up to here in the garden. */
const lastReadText = '归档延迟稳定在 0.9 s。'

// It is some minutes past ten on Ann's clock, whenever the screenshot is taken.
const hoursEast = ((10 - new Date().getUTCHours() + 36) % 24) - 12
const timezone = `Etc/GMT${hoursEast > 0 ? '-' : '+'}${Math.abs(hoursEast)}`
const startOfDay = Math.floor((Date.now() + hoursEast * 60 * minute) / day) * day - hoursEast * 60 * minute
const timeOf = ({ at, daysAgo = 0 }: Line): number => {
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  return startOfDay - daysAgo * day + (hours * 60 + minutes) * minute
}

const story = await Story.begin()
try {
  await talk(story)
} finally {
  await story.end()
}

async function talk({ brook }: Story): Promise<void> {
  const names: Who[] = ['Ann', 'Mara', '李思', '老王']
  const people = new Map<Who, Person>()
  for (const name of names) people.set(name, await story.joins(name))
  const of = (who: Who): Person => people.get(who) ?? fail(`nobody is called ${who}`)
  const ann = of('Ann')
  await ann.ask('PUT', '/api/session/password', { password: 'correct horse battery' })

  // 1. The rooms, and all their messages.
  const rooms = new Map([['lobby', ann.room]])
  for (const [name, lines] of Object.entries({ garden, ...others })) {
    const maker = of(name === 'founders' ? '老王' : 'Mara')
    if (!rooms.has(name))
      rooms.set(name, (await maker.makes(name, name === 'founders' ? 'private' : 'public')).id)
    const room = rooms.get(name) ?? ''
    if (topics[name] !== undefined) await maker.ask('PATCH', `/api/rooms/${room}`, { topic: topics[name] })
    for (const person of people.values())
      if (name === 'founders')
        await maker.ask('POST', `/api/rooms/${room}/members`, { name: person.user.name })
      else if (name !== 'garden' && (person !== of('老王') || name === '产品讨论')) await person.joins(room)
    const numbers = new Map<string, number>()
    for (const line of lines) {
      const replyTo = numbers.get(line.answers ?? '')
      // Into the garden they come one by one, each to post something.
      if (name === 'garden') await of(line.who).joins(room)
      const { seq } = await said(of(line.who), line.text, room, replyTo)
      numbers.set(line.text, seq)
      if (!unread.has(name) && (name !== 'garden' || line.text === lastReadText))
        ann.tells({ type: 'read', room, seq })
    }
  }

  await of('老王').makes('music')

  // 2. The morning gets its times.
  await until(
    () => brook.metric('brook_unarchived_entries'),
    (lag) => lag === 0,
  )
  for (const person of people.values()) person.drops()
  const server = await story.serverGoes()
  await brook.redis.flushall()
  const { times } = keysOf(0)
  for (const [name, lines] of Object.entries({ garden, ...others })) {
    const room = BigInt(rooms.get(name) ?? 0)
    const first = Math.min(...lines.map(timeOf))
    await brook.redis.hset(times, String(room), Math.max(...lines.map(timeOf)))
    await brook.db.run('UPDATE messages SET log_ms = ? WHERE room_id = ?', [first - minute, room])
    for (const { who } of lines.slice(1)) {
      const came = Math.min(...lines.filter((line) => line.who === who).map(timeOf)) - 2 * minute
      const sql = 'UPDATE messages SET log_ms = ? WHERE room_id = ? AND user_id = ? AND kind = ?'
      if (who !== lines[0]?.who) await brook.db.run(sql, [came, room, BigInt(of(who).user.id), 'notice'])
    }
    for (const line of lines)
      await brook.db.run('UPDATE messages SET log_ms = ? WHERE room_id = ? AND text = ?', [
        timeOf(line),
        room,
        line.text,
      ])
  }
  await server.returns()

  // 3. Ann opens Brook. 老王 is away.
  const gardenPath = `/rooms/${rooms.get('garden')}`
  const room = rooms.get('garden') ?? ''
  for (const who of ['Mara', '李思'] as const) await of(who).returns(story.address)
  const desk = await story.opens('Ann', { width: 1440, height: 900, timezone, cookie: ann.cookie })
  await desk.isIn()
  await desk.page.goto(gardenPath)
  await desk.sees('可以贴一下命令吗')
  await desk.says('Yes, on it. Short version: nobody noticed.')
  await desk.says('The three commands are in the notes now.')
  await desk.stands('in the notes now', 'archived')
  await said(of('李思'), '太好了，谢谢 🙏', room, undefined)
  await desk.sees('太好了')
  await desk.says('Tell me how the third one goes.')
  await desk.stands('the third one goes', 'archived')
  await mkdir(folder, { recursive: true })
  of('Mara').tells({ type: 'typing', room })
  await desk.sawTyping('Mara')
  await picture(desk, 'screenshot.png')

  const phone = await story.opens('Ann', { phone: true, theme: 'dark', timezone, cookie: ann.cookie })
  await phone.page.goto(gardenPath)
  await phone.sees('the third one goes')
  of('Mara').tells({ type: 'typing', room })
  await phone.sawTyping('Mara')
  await picture(phone, 'screenshot-phone-dark.png')
  await story.allLeave()
}

/** Posts it and waits for its number. */
function said(person: Person, text: string, room: string, replyTo: number | undefined) {
  return person.acked(person.says(text, { room, ...(replyTo === undefined ? {} : { replyTo }) }))
}

async function picture(visitor: Awaited<ReturnType<Story['opens']>>, name: string): Promise<void> {
  // Trap: tsx names functions through a helper of its own, which the page does not have.
  await visitor.page.evaluate('globalThis.__name = (it) => it')
  await visitor.page.evaluate(() => document.fonts.ready)
  await visitor.page.mouse.move(0, 0)
  await settled(visitor.page)
  const file = path.join(folder, name)
  await visitor.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
  const { size } = await stat(file)
  if (size > maxBytes) throw new Error(`${name} has ${size} bytes, more than ${maxBytes}`)
  console.log(`docs/${name}: ${Math.round(size / 1000)} kB`)
}

function fail(words: string): never {
  throw new Error(words)
}
