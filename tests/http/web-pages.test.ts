import { senderOf, type Sender } from '../../src/http/web-pages';

/** Headers as Node gives them, and what they are. */
type Case = [what: string, headers: Record<string, string>];

const HOST = 'lab.example:8080';
const OWN = [`http://${HOST}`, 'https://holdfast.example'];

const CHROMIUM =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
  'Version/18.1 Safari/605.1.15';
const ANY = { accept: '*/*' };
const PACKED = { 'accept-encoding': 'gzip, deflate', connection: 'keep-alive' };
const ATTACKER = 'http://attacker.example';

/** The headers of every call of a browser over plain HTTP, which has no Fetch Metadata. */
const byChromium = { 'user-agent': CHROMIUM, 'accept-language': 'en-US,en;q=0.9', ...PACKED };
const byFirefox = { 'user-agent': FIREFOX, 'accept-language': 'en-US,en;q=0.5', ...PACKED };
const bySafari = { 'user-agent': SAFARI, 'accept-language': 'en-GB,en;q=0.9', ...PACKED };
const navigation = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'upgrade-insecure-requests': '1',
};

const PROGRAMS: Case[] = [
  ['no headers at all', {}],
  ['curl', { 'user-agent': 'curl/8.14.1', ...ANY }],
  ['wget', { 'user-agent': 'Wget/1.25.0', ...ANY, 'accept-encoding': 'identity' }],
  ['wget2', { 'user-agent': 'Wget/2.2.0', ...ANY, 'accept-encoding': 'gzip, deflate, br' }],
  ['python-requests', { 'user-agent': 'python-requests/2.32.5', ...ANY, ...PACKED }],
  ['urllib', { 'user-agent': 'Python-urllib/3.13', 'accept-encoding': 'identity' }],
  ['Go net/http', { 'user-agent': 'Go-http-client/1.1', 'accept-encoding': 'gzip' }],
  [
    'Go net/http, redirected',
    { 'user-agent': 'Go-http-client/1.1', referer: `http://${HOST}/reservations?token=t` },
  ],
  [
    'fetch of Node',
    {
      'user-agent': 'node',
      ...ANY,
      ...PACKED,
      'accept-language': '*',
      'sec-fetch-mode': 'cors',
    },
  ],
  ['fetch of Deno', { 'user-agent': 'Deno/2.5.6', ...ANY, 'accept-language': '*' }],
  [
    'axios',
    {
      'user-agent': 'axios/1.13.2',
      accept: 'application/json, text/plain, */*',
      'accept-encoding': 'gzip, compress, deflate, br',
      connection: 'keep-alive',
    },
  ],
  [
    'Postman',
    {
      'user-agent': 'PostmanRuntime/7.49.1',
      ...ANY,
      'accept-encoding': 'gzip, deflate, br',
      'cache-control': 'no-cache',
      'postman-token': '5b1c1a34-7f0d-4f5c-9e04-0b3c43e5a1aa',
      connection: 'keep-alive',
    },
  ],
  [
    'HttpClient of Java',
    {
      'user-agent': 'Java-http-client/21.0.9',
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA',
    },
  ],
  [
    'HttpURLConnection of Java',
    {
      'user-agent': 'Java/21.0.9',
      accept: 'text/html, image/gif, image/jpeg, */*; q=0.2',
      connection: 'keep-alive',
    },
  ],
  [
    'PowerShell',
    {
      'user-agent':
        'Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.26100; en-US) PowerShell/7.5.4',
      'accept-encoding': 'gzip, deflate, br',
    },
  ],
  ['Ansible', { 'user-agent': 'ansible-httpget', 'accept-encoding': 'identity' }],
];

const OWN_PAGES: Case[] = [
  ['Fetch Metadata', { ...byChromium, 'sec-fetch-site': 'same-origin', origin: ATTACKER }],
  ['a form or fetch over plain HTTP', { ...byChromium, origin: `http://${HOST}` }],
  ['the same in Firefox', { ...byFirefox, origin: `http://${HOST}` }],
  ['the address for browsers', { ...bySafari, origin: 'https://holdfast.example' }],
  ['another spelling', { ...byChromium, origin: 'HTTP://LAB.example:8080' }],
];

const FOREIGN_PAGES: Case[] = [
  ['Fetch Metadata', { ...byChromium, 'sec-fetch-site': 'cross-site' }],
  ['a page of the same site', { ...byChromium, 'sec-fetch-site': 'same-site' }],
  ['Fetch Metadata of the future', { ...byChromium, 'sec-fetch-site': 'adjacent' }],
  ['a form or beacon', { ...byChromium, origin: ATTACKER }],
  ['a form in Firefox', { ...byFirefox, origin: ATTACKER, referer: `${ATTACKER}/` }],
  ['a form in Safari', { ...bySafari, origin: ATTACKER }],
  ['no-referrer, or a sandbox', { ...byChromium, origin: 'null' }],
  ['another port', { ...byChromium, origin: 'http://lab.example:9000' }],
  ['the usual port', { ...byChromium, origin: 'http://lab.example' }],
  ['another scheme', { ...byChromium, origin: `https://${HOST}` }],
  ['a name that begins like ours', { ...byChromium, origin: 'http://lab.example:80800' }],
  ['an extension', { ...byChromium, origin: 'chrome-extension://abcdefgh' }],
  [
    'a WebSocket',
    { ...byChromium, origin: ATTACKER, upgrade: 'websocket', 'sec-websocket-version': '13' },
  ],
];

const BROWSERS: Case[] = [
  ['an image in Chromium', { ...byChromium, accept: 'image/avif,image/webp,*/*;q=0.8' }],
  ['an image in Firefox', { ...byFirefox, accept: 'image/avif,image/webp,*/*;q=0.8' }],
  ['an image in Safari', { ...bySafari, accept: 'image/webp,image/png,image/*;q=0.8' }],
  ['a frame or link in Chromium', { ...byChromium, ...navigation }],
  ['a frame or link in Firefox', { ...byFirefox, ...navigation, priority: 'u=0, i' }],
  ['a frame or link in Safari', { ...bySafari, accept: navigation.accept }],
  ['an address that was typed', { ...byChromium, ...navigation, 'sec-fetch-site': 'none' }],
  ['a prefetch', { ...byChromium, purpose: 'prefetch', 'sec-purpose': 'prefetch' }],
  ['a name and nothing else', { 'user-agent': CHROMIUM }],
  ['languages that the page chose', { ...byChromium, 'accept-language': '*' }],
  ['a page that gives our own address', { ...byFirefox, referer: `http://${HOST}/docs` }],
  // Options and extensions may change the name.
  ['a hidden name', { 'user-agent': 'curl/8.14.1', 'accept-language': 'en' }],
  ['a hidden name, with a page', { 'user-agent': 'curl/8.14.1', referer: `${ATTACKER}/` }],
  ['a hidden name, as a link', { 'user-agent': 'x', 'upgrade-insecure-requests': '1' }],
  ['a hidden name, with hints', { 'user-agent': 'x', 'sec-ch-ua-mobile': '?0' }],
  ['a mode that Node does not send', { 'user-agent': 'x', 'sec-fetch-mode': 'no-cors' }],
  [
    'a video in Safari',
    {
      'user-agent': 'AppleCoreMedia/1.0.0.22B91 (iPhone; U; CPU OS 18_1_1 like Mac OS X; en_gb)',
      ...ANY,
      range: 'bytes=0-1',
      'x-playback-session-id': '0E0A6E7C-7B6F-4E5C-8B34-6F6E8E5A7D11',
    },
  ],
  [
    'the icon of a page in Safari',
    {
      'user-agent': 'MobileSafari/8620.1.16.10.11 CFNetwork/1568.200.51 Darwin/24.1.0',
      ...ANY,
      ...PACKED,
      'accept-language': 'en-GB,en;q=0.9',
    },
  ],
  ['a video in an old Android', { 'user-agent': 'stagefright/1.2 (Linux;Android 5.0)' }],
];

describe.each<[Sender, Case[]]>([
  ['program', PROGRAMS],
  ['own_page', OWN_PAGES],
  ['foreign_page', FOREIGN_PAGES],
  ['browser', BROWSERS],
])('%s:', (sender, cases) => {
  test.each(cases)('%s', (_what, headers) => {
    expect(senderOf({ host: HOST, ...headers }, OWN)).toBe(sender);
  });
});
