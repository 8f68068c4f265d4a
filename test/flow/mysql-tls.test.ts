// MYSQL_URL with ssl-mode: the connection is encrypted, or refused in one line; never unencrypted without a word.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig, type MysqlAddress } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { reachMysql } from '../../server/stores/external.ts'
import { Proxy } from '../fault/proxy.ts'
import { selfSigned } from '../support/certificate.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let folder: string
let certificate: string
let stores: PrivateStores
let proxy: Proxy
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  ;({ stores, proxy, certificate } = await open('localhost'))
})
afterAll(async () => {
  await proxy.close()
  await stores.stop()
  await rm(folder, { recursive: true })
})

/** Stores whose database proves to be this host, at a port. */
async function open(host: string): Promise<{ stores: PrivateStores; proxy: Proxy; certificate: string }> {
  const [file, key] = ['certificate', 'key'].map((name) => path.join(folder, `${host}-${name}.pem`))
  if (file === undefined || key === undefined) throw new Error('two were asked for')
  const made = selfSigned(host)
  await Promise.all([writeFile(file, made.certificate), writeFile(key, made.key)])
  const opened = await privateStores({ mysqlArgs: [`--ssl-cert=${file}`, `--ssl-key=${key}`] })
  return {
    stores: opened,
    proxy: await Proxy.open({ path: opened.mysql.socketPath ?? '' }),
    certificate: file,
  }
}

/** As an operator names it. */
function addressOf(query: string, { at = stores, port = proxy.port } = {}): MysqlAddress {
  const { user, password, database } = at.mysql
  const url = `mysql://${user}:${password}@localhost:${port}/${database}${query}`
  const { mysql } = readConfig({ MYSQL_URL: url })
  if (mysql === undefined) throw new Error('no address')
  return mysql
}

/** The cipher of a connection; empty: it is not encrypted. */
async function cipherOf(address: MysqlAddress): Promise<string> {
  await reachMysql(address)
  const db = new Db(address, 1)
  const [row] = await db.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
  await db.close()
  return row?.Value ?? ''
}

test('ssl-mode=REQUIRED encrypts, and without it nothing is', async () => {
  expect(await cipherOf(addressOf('?ssl-mode=REQUIRED'))).toMatch(/^TLS/)
  expect(await cipherOf(addressOf(''))).toBe('')
})

test('ssl-mode=VERIFY_CA believes the authorities of ssl-ca, and VERIFY_IDENTITY only the right host', async () => {
  const known = `&ssl-ca=${certificate}`
  expect(await cipherOf(addressOf(`?ssl-mode=VERIFY_CA${known}`))).toMatch(/^TLS/)
  expect(await cipherOf(addressOf(`?ssl-mode=VERIFY_IDENTITY${known}`))).toMatch(/^TLS/)
  const distrusted = /^MYSQL_URL: the TLS connection to localhost:\d+ is not trusted \([^\n]+\)\.$/
  await expect(cipherOf(addressOf('?ssl-mode=VERIFY_CA'))).rejects.toThrow(distrusted)
  const other = await open('elsewhere.example.org')
  const at = { at: other.stores, port: other.proxy.port }
  const itsOwn = `&ssl-ca=${other.certificate}`
  expect(await cipherOf(addressOf(`?ssl-mode=VERIFY_CA${itsOwn}`, at))).toMatch(/^TLS/)
  await expect(cipherOf(addressOf(`?ssl-mode=VERIFY_IDENTITY${itsOwn}`, at))).rejects.toThrow(distrusted)
  await other.proxy.close()
  await other.stores.stop()
})

test('a server that offers no TLS is refused where it is required', async () => {
  const plain = await privateStores({ mysqlArgs: ['--skip-ssl'] })
  const there = await Proxy.open({ path: plain.mysql.socketPath ?? '' })
  const at = { at: plain, port: there.port }
  expect(await cipherOf(addressOf('', at))).toBe('')
  await expect(cipherOf(addressOf('?ssl-mode=REQUIRED', at))).rejects.toThrow(
    /^MYSQL_URL: localhost:\d+ does not offer TLS, which ssl-mode requires\.$/,
  )
  await there.close()
  await plain.stop()
})
