// Runs under Bun (see bun.ts). Argument: how many rooms there are; each socket is in one of them.
/* global Bun */
const rooms = Number(process.argv[2])
/** @type {Map<string, number>} */
const heads = new Map()
let clients = 0

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(/** @type {Request} */ request, /** @type {any} */ self) {
    clients += 1
    const user = { id: String(clients), name: `guest ${clients}` }
    const data = { user, home: String(1 + (clients % rooms)) }
    return self.upgrade(request, { data }) ? undefined : new Response('', { status: 400 })
  },
  websocket: {
    perMessageDeflate: false,
    open(/** @type {any} */ socket) {
      const { user, home } = socket.data
      socket.subscribe(home)
      const rooms = [{ id: home, head: heads.get(home) ?? 0 }]
      socket.send(JSON.stringify({ type: 'welcome', user, rooms, epoch: '', at: 0 }))
    },
    message(/** @type {any} */ socket, /** @type {string} */ text) {
      const { type, room, cid, text: words } = JSON.parse(text)
      if (type !== 'send') return
      const seq = (heads.get(room) ?? 0) + 1
      heads.set(room, seq)
      const at = Date.now()
      server.publish(
        room,
        JSON.stringify({ type: 'message', room, seq, cid, user: socket.data.user, text: words, at }),
      )
      socket.send(JSON.stringify({ type: 'ack', cid, room, seq, at }))
    },
  },
})
console.log(server.port)
