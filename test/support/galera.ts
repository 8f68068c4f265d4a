// Three nodes of a Galera cluster on loopback, as an ordinary user, in a folder of their own: killed, frozen, brought back and removed
// without a trace. What MariaDB needs for it is fetched as packages, and unpacked beside the tests' other caches.
// Trap: the program that brings a node up to date fails for root. A whole copy takes it half a minute, so all three begin as copies of
// one, and fetch the statements that they lack from the others' memory.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { MysqlAddress } from '../../server/config.ts'
import type { MysqlHost } from '../../server/config-stores.ts'
import { Db } from '../../server/db.ts'
import { askHost } from '../../server/mysql-hosts.ts'
import type { MariadbProgram } from '../../server/stores/programs.ts'
import { freePorts } from './ports.ts'
import { StoreProcess } from './proc.ts'
import { storePrograms } from './stores.ts'
import { until } from './until.ts'

const exec = promisify(execFile)
const nobody = 65_534
const isRoot = process.getuid?.() === 0
const password = 'brook'

/** MariaDB's library for clusters, its program that brings a node up to date, and what that calls. */
const packages = ['galera-4', 'mariadb-server', 'rsync', 'libpopt0']

interface Programs extends MariadbProgram {
  library: string
}

/** @throws if they are not here and cannot be fetched */
async function findPrograms(): Promise<Programs> {
  const { mariadb } = await storePrograms()
  const own = fileURLToPath(new URL('../../node_modules/.cache/brook-galera', import.meta.url))
  const library = path.join(own, 'usr/lib/galera/libgalera_smm.so')
  if (!existsSync(library))
    try {
      await mkdir(own, { recursive: true })
      await exec('apt-get', ['download', ...packages], { cwd: own })
      for (const deb of (await readdir(own)).filter((name) => name.endsWith('.deb')))
        await exec('dpkg-deb', ['-x', deb, '.'], { cwd: own })
    } catch (error) {
      const names = packages.join(', ')
      const words = `These tests need a mariadbd that can load Galera, and the packages ${names}, which apt-get could not fetch`
      throw new Error(words, { cause: error })
    }
  const libraries = path.join(own, `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`)
  const env = {
    ...mariadb.env,
    PATH: `${path.join(own, 'usr/bin')}:${process.env['PATH'] ?? ''}`,
    LD_LIBRARY_PATH: [libraries, mariadb.env['LD_LIBRARY_PATH'] ?? ''].filter(Boolean).join(':'),
  }
  return { ...mariadb, library, env }
}

interface Node {
  folder: string
  sql: number
  /** For the group, for statements that it lacks, and for a whole copy. */
  ports: readonly number[]
}

export class Galera {
  readonly folder: string
  readonly nodes: readonly Node[]
  readonly processes: StoreProcess[] = []
  readonly #program: Programs

  private constructor(folder: string, nodes: readonly Node[], program: Programs) {
    this.folder = folder
    this.nodes = nodes
    this.#program = program
  }

  /** All of them answer; the database `brook` is empty. */
  static async start(): Promise<Galera> {
    const program = await findPrograms()
    const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
    if (isRoot) await chown(folder, nobody, nobody)
    const ports = await freePorts(12)
    const nodes = [0, 1, 2].map((at) => ({
      folder: path.join(folder, `n${at}`),
      sql: ports[at] ?? 0,
      ports: ports.slice(3 + 3 * at, 6 + 3 * at),
    }))
    const galera = new Galera(folder, nodes, program)
    try {
      await galera.#make()
      for (const at of nodes.keys()) await galera.back(at)
    } catch (error) {
      await galera.stop()
      throw error
    }
    return galera
  }

  /** As Brook is told of it. */
  get address(): MysqlAddress {
    const [first, ...others] = this.nodes.map(({ sql }) => ({ host: '127.0.0.1', port: sql }))
    return { ...this.of(0), ...first, others }
  }

  /** One of its nodes. */
  of(at: number): MysqlHost {
    return { host: '127.0.0.1', port: this.nodes[at]?.sql ?? 0, user: 'brook', password, database: 'brook' }
  }

  process(at: number): StoreProcess {
    const process = this.processes[at]
    if (process === undefined) throw new Error(`there is no node ${at}`)
    return process
  }

  /** Starts a node that does not run, and waits until it has what the others have. */
  async back(at: number): Promise<void> {
    const node = this.nodes[at]
    if (node === undefined) return
    const isFirst = this.processes.length === 0
    const from = isFirst
      ? '--wsrep-new-cluster'
      : `--wsrep-start-position=${await this.#positionOf(at, node)}`
    const process = new StoreProcess({
      ...{ name: `node ${at}`, env: this.#program.env, logFile: `${node.folder}.log` },
      ...{ pidFile: `${node.folder}.pid`, mark: node.folder },
      ...this.#command(node, [...this.#wsrep(at), from]),
      ask: async () => {
        const { can, why } = await askHost(this.of(at), 2_000)
        if (can !== 'write') throw new Error(why ?? can)
      },
    })
    this.processes[at] = process
    await process.start(90_000)
  }

  async resumed(at: number): Promise<void> {
    this.process(at).resume()
    await until(
      () => askHost(this.of(at), 2_000),
      ({ can }) => can === 'write',
      90_000,
    )
  }

  async stop(): Promise<void> {
    for (const process of this.processes) await process.stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** The folder of the first node, with the account, and copies of it. */
  async #make(): Promise<void> {
    const [first, ...others] = this.nodes
    if (first === undefined) return
    await mkdir(first.folder)
    const { install, base, env } = this.#program
    const user = isRoot ? 'nobody' : os.userInfo().username
    const made = ['--no-defaults', `--basedir=${base}`, `--datadir=${first.folder}`, '--skip-test-db']
    if (isRoot) await chown(first.folder, nobody, nobody)
    const mine = [
      '--skip-name-resolve',
      '--auth-root-authentication-method=socket',
      `--auth-root-socket-user=${user}`,
    ]
    const { command, args } = asNobody(install, [...made, ...mine])
    await exec(command, args, { env, cwd: this.folder })
    const sql = [
      `FLUSH PRIVILEGES`,
      `CREATE DATABASE brook CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
      `CREATE USER brook@'%' IDENTIFIED BY '${password}'`,
      `GRANT ALL ON *.* TO brook@'%'`,
    ]
    const boot = this.#command(first, ['--bootstrap'])
    const child = exec(boot.command, boot.args, { env })
    child.child.stdin?.end(sql.map((one) => `${one};\n`).join(''))
    await child
    if (isRoot) await exec('chown', ['-R', `${nobody}:${nobody}`, first.folder])
    // Trap: a copy joins only with a position that MariaDB has written itself, of a cluster that has written something.
    await this.back(0)
    const db = new Db(this.of(0), 1)
    await db.run('CREATE TABLE begun (one INT PRIMARY KEY)')
    await db.run('DROP TABLE begun')
    await db.close()
    await this.process(0).kill('SIGTERM')
    this.processes.length = 0
    for (const { folder } of others) {
      await cp(first.folder, folder, { recursive: true })
      const state = path.join(folder, 'grastate.dat')
      const text = await readFile(state, 'utf8')
      await writeFile(state, text.replace('safe_to_bootstrap: 1', 'safe_to_bootstrap: 0'))
      await rm(path.join(folder, 'galera.cache'), { force: true })
    }
    if (isRoot) await exec('chown', ['-R', `${nobody}:${nobody}`, this.folder])
  }

  #command({ folder }: Node, more: readonly string[]): { command: string; args: string[] } {
    return asNobody(this.#program.server, [
      ...[
        '--no-defaults',
        `--basedir=${this.#program.base}`,
        `--datadir=${folder}`,
        `--tmpdir=${this.folder}`,
      ],
      ...[`--socket=${folder}.sock`, `--pid-file=${folder}.mpid`, '--skip-name-resolve'],
      ...['--character-set-server=utf8mb4', '--collation-server=utf8mb4_unicode_ci'],
      ...['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M', '--innodb-flush-log-at-trx-commit=2'],
      ...more,
    ])
  }

  #wsrep(at: number): string[] {
    const places = this.nodes.map(({ ports: [group] }) => `127.0.0.1:${group}`)
    const { sql = 0, ports = [] } = this.nodes[at] ?? {}
    const [group = 0, ist = 0] = ports
    return [
      ...[`--port=${sql}`, '--bind-address=127.0.0.1', '--binlog-format=ROW', '--innodb-autoinc-lock-mode=2'],
      ...['--wsrep-on=ON', `--wsrep-provider=${this.#program.library}`, '--wsrep-cluster-name=brook'],
      ...[`--wsrep-node-name=n${at}`, `--wsrep-node-address=127.0.0.1:${group}`, '--wsrep-sst-method=rsync'],
      `--wsrep-sst-receive-address=127.0.0.1:${ports[2]}`,
      `--wsrep-cluster-address=gcomm://${places.join(',')}`,
      `--wsrep-provider-options=base_port=${group};gmcast.listen_addr=tcp://127.0.0.1:${group};ist.recv_addr=127.0.0.1:${ist};gcache.size=32M`,
    ]
  }

  /** What a node has, also after a kill: `cluster:number`. */
  async #positionOf(at: number, node: Node): Promise<string> {
    const log = `${node.folder}.recovered`
    await rm(log, { force: true })
    const { command, args } = this.#command(node, [
      ...this.#wsrep(at),
      ...['--wsrep-recover', `--log-error=${log}`],
    ])
    await exec(command, args, { env: this.#program.env })
    const found = /Recovered position: (\S+)/.exec(await readFile(log, 'utf8'))?.[1]
    if (found === undefined) throw new Error(`node ${node.folder} does not say what it has`)
    return found
  }
}

/** Trap: the kernel forgets who a process dies with when it changes its user, so that comes first. */
function asNobody(command: string, args: string[]): { command: string; args: string[] } {
  if (!isRoot) return { command, args }
  const user = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--pdeathsig=KILL']
  return { command: '/usr/bin/setpriv', args: [...user, '--', command, ...args] }
}
