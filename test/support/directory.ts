// A directory (slapd) for one test file: its people, with passwords and groups; encrypted or not; frozen, stopped and removed
// without a trace.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Attribute, Change, Client } from 'ldapts'
import type { LdapConfig } from '../../server/config-ldap.ts'
import { unpackedShelf, unpackPackages } from '../../server/stores/unpack.ts'
import { selfSigned } from './certificate.ts'
import { StoreProcess } from './proc.ts'

export const base = 'dc=example,dc=org'
const root = { dn: `cn=admin,${base}`, password: 'root of the tree' }
export const reader = { dn: `cn=reader,${base}`, password: 'only for reading' }

/** Where slapd, its modules and its schemas are. */
interface Slapd {
  program: string
  usr: string
  schemas: string
  env: NodeJS.ProcessEnv
}

/** @throws if it is not here and cannot be fetched */
async function findSlapd(): Promise<Slapd> {
  const own = fileURLToPath(new URL('../../node_modules/.cache/brook-ldap', import.meta.url))
  const unpacked = path.join(own, 'programs')
  const isThere = (at: string): boolean => existsSync(path.join(at, 'usr/sbin/slapd'))
  if (!isThere('/') && !isThere(unpacked)) {
    await mkdir(own, { recursive: true })
    await unpackPackages(['slapd'], own, () => undefined)
  }
  const at = isThere('/') ? '/' : unpacked
  const { env } = at === '/' ? process : await unpackedShelf(own)
  const [program, usr, schemas] = ['usr/sbin/slapd', 'usr', 'etc/ldap/schema'].map((one) =>
    path.join(at, one),
  )
  return { program, usr, schemas, env } as Slapd
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

export class Directory {
  readonly folder: string
  readonly ports: { plain: number; tls: number }
  readonly process: StoreProcess
  readonly #admin: Client

  private constructor(folder: string, ports: Directory['ports'], process: StoreProcess) {
    this.folder = folder
    this.ports = ports
    this.process = process
    this.#admin = new Client({ url: `ldap://127.0.0.1:${ports.plain}` })
  }

  static async start(): Promise<Directory> {
    const { program, usr, schemas, env } = await findSlapd()
    const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
    const ports = { plain: await freePort(), tls: await freePort() }
    const { certificate, key } = selfSigned('localhost')
    await mkdir(path.join(folder, 'data'))
    const files = { 'cert.pem': certificate, 'key.pem': key }
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
    const conf = path.join(folder, 'slapd.conf')
    const lines = [
      `modulepath ${usr}/lib/ldap`,
      'moduleload back_mdb',
      ...['core', 'cosine', 'inetorgperson'].map((name) => `include ${schemas}/${name}.schema`),
      `TLSCertificateFile ${folder}/cert.pem`,
      `TLSCertificateKeyFile ${folder}/key.pem`,
      'database mdb',
      'maxsize 16777216',
      `suffix "${base}"`,
      `rootdn "${root.dn}"`,
      `rootpw "${root.password}"`,
      `directory ${folder}/data`,
      'access to attrs=userPassword by anonymous auth by * none',
      `access to * by dn.exact="${reader.dn}" read by * auth`,
    ]
    await writeFile(conf, `${lines.join('\n')}\n`)
    const urls = `ldap://127.0.0.1:${ports.plain} ldaps://127.0.0.1:${ports.tls}`
    const ask = async (): Promise<void> => {
      const client = new Client({
        url: `ldap://127.0.0.1:${ports.plain}`,
        connectTimeout: 1_000,
        timeout: 1_000,
      })
      await client.bind(root.dn, root.password).finally(() => client.unbind())
    }
    const process_ = new StoreProcess({
      name: 'slapd',
      command: program,
      args: ['-f', conf, '-h', urls, '-d', '0'],
      env,
      logFile: path.join(folder, 'log'),
      pidFile: path.join(folder, 'pid'),
      mark: folder,
      ask,
    })
    await process_.start()
    const directory = new Directory(folder, ports, process_)
    await directory.#fill()
    return directory
  }

  async #fill(): Promise<void> {
    await this.#admin.bind(root.dn, root.password)
    await this.#admin.add(base, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Northwind' })
    await this.adds(reader.dn, { cn: 'reader', sn: 'reader', userPassword: reader.password })
  }

  /** As Brook is told of it. */
  config(more: Partial<LdapConfig> = {}): LdapConfig {
    return {
      url: `ldap://127.0.0.1:${this.ports.plain}`,
      startTls: false,
      ca: undefined,
      reader,
      base,
      filter: '(uid={name})',
      idAttribute: 'entryUUID',
      nameAttributes: ['uid', 'cn'],
      name: 'Northwind',
      signUp: true,
      adminGroup: 'keepers',
      ...more,
    }
  }

  async adds(dn: string, entry: Record<string, string>): Promise<void> {
    await this.#admin.add(dn, { objectClass: ['inetOrgPerson'], ...entry })
  }

  /** Somebody with this name; returns their DN. */
  async employs(uid: string, password: string, cn = 'of Northwind'): Promise<string> {
    const dn = `employeeNumber=${(count += 1)},${base}`
    await this.adds(dn, { uid, cn, sn: 'x', employeeNumber: String(count), userPassword: password })
    return dn
  }

  async renames(dn: string, uid: string): Promise<void> {
    const modification = new Attribute({ type: 'uid', values: [uid] })
    await this.#admin.modify(dn, new Change({ operation: 'replace', modification }))
  }

  async groups(cn: string, member: string): Promise<void> {
    await this.#admin.add(`cn=${cn},${base}`, { objectClass: ['groupOfNames'], cn, member })
  }

  async disbands(cn: string): Promise<void> {
    await this.#admin.del(`cn=${cn},${base}`)
  }

  async stop(): Promise<void> {
    await this.#admin.unbind().catch(() => undefined)
    await this.process.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

let count = 0
