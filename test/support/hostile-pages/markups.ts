// Markup and script where words are expected: shown as the characters that they are, or not at all.
import { meta, page, withTitle, type HostilePage } from './make.ts'

const script = '<script>alert(1)</script>'

export const markups: readonly HostilePage[] = [
  page('a script in the title', `<title>${script}</title>`, { title: script }),
  page('a script in a value', meta('og:title', '&lt;img src=x onerror=alert(1)&gt;'), {
    title: '<img src=x onerror=alert(1)>',
  }),
  page('a value that ends its quotes', `<meta property="og:title" content='"><svg onload=alert(1)>'>`, {
    title: '"><svg onload=alert(1)>',
  }),
  page(
    'a title that was written by a script',
    `<head><script>document.write('<title>x</title>')</script></head>`,
    undefined,
  ),
  page('a title in a comment', '<head><!-- <title>Hidden</title> --></head>', undefined),
  page('a title in a style', '<head><style><title>Hidden</title></style></head>', undefined),
  page('a title of a drawing', '<head><svg><title>Drawing</title></svg><title>Page</title></head>', {
    title: 'Page',
  }),
  page('a title of a drawing alone', '<head><svg><title>Drawing</title></svg></head>', undefined),
  page('a title in the body', '<body><title>Late</title></body>', undefined),
  page('metas in the body', `<title>Head</title><body>${meta('og:title', 'Body')}</body>`, { title: 'Head' }),
  page('a picture that is a script', withTitle(meta('og:image', 'javascript:alert(1)')), {
    title: 'Fine',
    image: undefined,
  }),
  page('a picture that is data', withTitle(meta('og:image', 'data:image/svg+xml,<svg/>')), {
    image: undefined,
  }),
  page('a picture that is a file', withTitle(meta('og:image', 'file:///etc/passwd')), { image: undefined }),
  page(
    'a base that is a script',
    withTitle(`<base href="javascript:alert(1)//">${meta('og:image', 'a.png')}`),
    {
      image: 'https://site.example/some/a.png',
    },
  ),
  page('a base elsewhere', withTitle(`<base href="https://other.example/b/">${meta('og:image', 'a.png')}`), {
    image: 'https://other.example/b/a.png',
  }),
  page('entities of nothing', `<title>&#0;&#x110000;&nosuch; words</title>`, {}),
  page('double escapes', '<title>&amp;lt;b&amp;gt;</title>', { title: '&lt;b&gt;' }),
  page('a template', `<head><template>${meta('og:title', 'T')}</template><title>P</title></head>`, {}),
]
