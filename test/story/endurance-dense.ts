// Rooms whose messages carry much: opening them beside a plain one, and scrolling.
import { setTimeout as pause } from 'node:timers/promises'
import { newCid } from '../../server/protocol/cid.ts'
import type { Brook } from '../support/brook.ts'
import type { Devtools } from '../support/devtools.ts'
import { median, openReader } from './endurance-reader.ts'

const emoji = [...'😀😃😄😁😆😅🤣😂🙂🙃😉😊😇🥰😍🤩😘😗😚😙']
const code = (n: number) =>
  `block ${n}\n\`\`\`js\n${Array.from({ length: 12 }, (_, line) => `const value${line} = compute(${n}, "${line}") // once`).join('\n')}\n\`\`\``

export async function denseRooms(given: { brook: Brook; devtools: Devtools; short: boolean }): Promise<void> {
  const { brook, devtools, short } = given
  const reader = await openReader(devtools, brook, 'Opener')
  const { person } = reader
  await person.connects()
  const said = async (name: string, count: number, text: (n: number) => string) => {
    const { id } = await person.makes(name)
    const seqs: number[] = []
    for (let n = 0; n < count; n += 1) seqs.push((await person.acked(person.says(text(n), { room: id }))).seq)
    person.heard.length = 0
    return { id, seqs }
  }
  const plain = await said('plain', 60, (n) => `m${n} plain words`)
  const reacted = await said('reacted', short ? 120 : 300, (n) => `m${n} plain words`)
  for (const seq of reacted.seqs) {
    for (const one of emoji)
      person.tells({ type: 'react', room: reacted.id, cid: newCid(), seq, emoji: one, on: true })
    await pause(20)
  }
  const blocks = await said('blocks', short ? 80 : 200, code)
  await pause(3_000)

  const cost = async (room: string): Promise<number> => {
    const times: number[] = []
    for (let n = 0; n < 3; n += 1) {
      await reader.opens(plain.id)
      await pause(1_500)
      // Another plain room first: what every room loads once is loaded.
      const { busy } = await reader.tab.metrics()
      if (room === plain.id) await reader.opens(plain.id)
      else await reader.goesTo(room)
      await pause(1_500)
      times.push(((await reader.tab.metrics()).busy - busy) * 1_000)
    }
    return Number(median(times, 0.5))
  }
  const other = await said('plain too', 60, (n) => `m${n} other plain words`)
  const small = await cost(other.id)
  for (const [name, { id }] of Object.entries({ reacted, blocks })) {
    const dear = await cost(id)
    console.log(`${name}: opens in ${dear} ms, a plain one in ${small} ms: ${(dear / small).toFixed(2)}`)
  }
  await reader.leaves()
}
