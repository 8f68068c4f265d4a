// Pages, drawings and programs that would run if a browser took them for what they are, under honest and dishonest names.
import { gzipSync } from 'node:zlib'
import { file, hit, script, type HostileFile } from './parts.ts'

const page = `<!doctype html><html><body>${script}<iframe src="/stolen"></iframe></body></html>`
const svg = (inside: string, more = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90" ${more}>${inside}</svg>`
const laughs = (depth: number): string =>
  Array.from({ length: depth }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')

const pages = [
  file('a page', 'page.html', page, 'text'),
  file('a page called a photo', 'photo.jpg', page, 'text'),
  file('a page called a PDF', 'paper.pdf', page, 'text'),
  file('a page after spaces', 'page.htm', `${' \n'.repeat(400)}${page}`, 'text'),
  file('a page after a mark of UTF-8', 'page.txt', `\xef\xbb\xbf${page}`, 'text'),
  file('a page in UTF-16', 'page2.txt', Buffer.from(`\ufeff${page}`, 'utf16le'), 'text'),
  file(
    'a page in UTF-7',
    'seven.html',
    `<meta charset=utf-7>+ADw-script+AD4-${hit}+ADw-/script+AD4-`,
    'text',
  ),
  file('a page in GBK', 'gbk.html', Buffer.from([0xc4, 0xe3, 0xba, 0xc3, ...Buffer.from(page)]), 'text'),
  file('a page whose title is a program', 'x.html.jpg', `<title></title>${script}`, 'text'),
  file(
    'a page as a message with parts',
    'page.mht',
    `MIME-Version: 1.0\nContent-Type: text/html\n\n${page}`,
    'text',
  ),
  file(
    'a page with a base and a refresh',
    'go.html',
    '<base href="//example.org"><meta http-equiv=refresh content="0;url=/stolen">',
    'text',
  ),
  file('words with a script far behind', 'notes.txt', `${'a'.repeat(2_000)}${script}`, 'text'),
  file('Markdown with links that run', 'read.md', `[x](javascript:${hit}) ![x](/stolen)`, 'text'),
  file(
    'XHTML',
    'page.xhtml',
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${hit}</script></html>`,
    'text',
  ),
  file(
    'XML with a style that runs',
    'feed.xml',
    '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="/stolen"?><a/>',
    'text',
  ),
  file(
    'XML that reads a file',
    'entity.xml',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    'text',
  ),
  file(
    'XML that grows',
    'laughs.xml',
    `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">${laughs(9)}]><a>&l9;</a>`,
    'text',
  ),
]

const drawings = [
  file('a drawing with a script', 'logo.svg', svg(`<script>${hit}</script>`), 'text'),
  file('a drawing that runs when it loads', 'load.svg', svg('', `onload="${hit}"`), 'text'),
  file('a drawing called PNG', 'logo.png', svg(`<script>${hit}</script>`), 'text'),
  file(
    'a drawing with a page in it',
    'page.svg',
    svg(
      `<foreignObject width="90" height="90"><iframe xmlns="http://www.w3.org/1999/xhtml" src="/stolen"></iframe></foreignObject>`,
    ),
    'text',
  ),
  file(
    'a drawing that fetches',
    'fetch.svg',
    svg('<image xlink:href="/stolen" width="9" height="9"/><use href="/stolen#a"/>'),
    'text',
  ),
  file(
    'a drawing with a style that fetches',
    'style.svg',
    svg('<style>@import "/stolen"; * { background: url(/stolen) }</style>'),
    'text',
  ),
  file(
    'a drawing whose link changes',
    'animate.svg',
    svg(`<a><animate attributeName="href" values="javascript:${hit}"/><text>x</text></a>`),
    'text',
  ),
  file(
    'a drawing that grows',
    'grow.svg',
    `<!DOCTYPE svg [<!ENTITY l0 "ha">${laughs(9)}]>${svg('<text>&l9;</text>')}`,
    'text',
  ),
  file(
    'a drawing with a declaration',
    'declared.svg',
    `<?xml version="1.0" encoding="UTF-8"?>${svg(`<script>${hit}</script>`)}`,
    'text',
  ),
  file('a drawing, packed', 'logo.svgz', gzipSync(svg(`<script>${hit}</script>`)), 'other'),
]

const programs = [
  file('a program for browsers', 'app.js', hit, 'text'),
  file('a program that would serve pages', 'sw.js', `self.addEventListener('fetch',()=>{});${hit}`, 'text'),
  file('a style that fetches', 'look.css', '@import "/stolen"; body { background: url(/stolen) }', 'text'),
  file('a manifest', 'app.webmanifest', '{"start_url":"/stolen","icons":[{"src":"/stolen"}]}', 'text'),
  file('WebAssembly', 'app.wasm', '\0asm\x01\0\0\0', 'other'),
  file('Flash', 'film.swf', Buffer.concat([Buffer.from('FWS\x09'), Buffer.alloc(40)]), 'other'),
  file(
    'a program for Windows',
    'photo.jpg.exe',
    Buffer.concat([Buffer.from('MZ'), Buffer.alloc(90)]),
    'other',
  ),
  file(
    'a program for Linux',
    'run',
    Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(90)]),
    'other',
  ),
  file('a script for a shell', 'run.sh', '#!/bin/sh\nrm -rf /\n', 'text'),
  file('a shortcut', 'go.url', '[InternetShortcut]\nURL=javascript:alert(1)\n', 'text'),
  file('a program of HTML', 'app.hta', `<hta:application>${page}`, 'text'),
  file('a table that runs', 'table.csv', '=cmd|" /C calc"!A0,=HYPERLINK("/stolen")\n', 'text'),
  file('a list that plays files', 'list.m3u8', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n', 'text'),
  file('subtitles with a page', 'film.vtt', `WEBVTT\n\n00:00.000 --> 00:09.000\n${page}\n`, 'text'),
  file('a letter', 'mail.eml', `From: a@b.c\nContent-Type: text/html\n\n${page}`, 'text'),
]

export const hostilePages: HostileFile[] = [...pages, ...drawings, ...programs]
