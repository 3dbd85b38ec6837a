/** A way in which a page can have its visitor's browser make a call. */
export interface Way {
  name: string;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Scripts that do it in the page, given `url` and `body`. */
  script: string;
  /** True if the browser asks first (OPTIONS), and then does not make the call. */
  asksFirst?: true;
}

/** Gives the elements of a page, and two that send something. */
const TOOLS = `
  const put = (name, fields, parent = document.body) => {
    const element = Object.assign(document.createElement(name), fields);
    parent.append(element);
    return element;
  };
  let frames = 0;
  const frameFor = (fields = {}) => put('iframe', { name: 'frame' + frames++ + Math.random(), ...fields });
  const submit = (target, method, enctype, fields) => {
    const form = put('form', { action: target, method, enctype, target: frameFor().name });
    for (const [name, value] of fields) put('input', { type: 'hidden', name, value }, form);
    return form;
  };
  const asText = (text) => [[text.slice(0, -1) + ',"x":"', '"}']];
  const quote = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
`;

/** The script of a way as a function for the page. */
export function asFunction({ script }: Way): string {
  return `({ url, body, elsewhere }) => { ${TOOLS} ${script} }`;
}

const get = (name: string, script: string): Way => ({ name, method: 'GET', script });
const post = (name: string, script: string): Way => ({ name, method: 'POST', script });

const READS: Way[] = [
  get('an image', 'new Image().src = url;'),
  get('an image without referrer', "put('img', { referrerPolicy: 'no-referrer', src: url });"),
  get('an image of a page that redirects', "new Image().src = elsewhere('/redirect', url);"),
  get('a script', "put('script', { src: url });"),
  get('a module', "put('script', { type: 'module', src: url });"),
  get('a style sheet', "put('link', { rel: 'stylesheet', href: url });"),
  get(
    'an image in a style',
    "put('div', { style: 'background: url(' + url + ')' }).textContent = 'x';",
  ),
  get('a font', "new FontFace('x', 'url(' + url + ')').load().catch(() => {});"),
  get('a video', "put('video', { preload: 'auto', src: url });"),
  get('a sound', 'new Audio(url).load();'),
  get('an object', "put('object', { data: url });"),
  get('an embedded file', "put('embed', { src: url });"),
  get('a prefetch', "put('link', { rel: 'prefetch', href: url });"),
  get('a preload', "put('link', { rel: 'preload', as: 'image', href: url });"),
  get('a frame', 'frameFor({ src: url });'),
  get('a frame without referrer', "frameFor({ referrerPolicy: 'no-referrer', src: url });"),
  get('a sandboxed frame', "frameFor({ sandbox: '', src: url });"),
  get(
    'an image in a sandbox',
    `frameFor({ sandbox: '', srcdoc: '<img src="' + quote(url) + '">' });`,
  ),
  get(
    'a refresh',
    `frameFor({ srcdoc: '<meta http-equiv="refresh" content="0;url=' + quote(url) + '">' });`,
  ),
  get('a window', 'window.open(url);'),
  get('a window without referrer', "window.open(url, '_blank', 'noreferrer');"),
  get('a link', "put('a', { href: url, target: frameFor().name, rel: 'noreferrer' }).click();"),
  get('a form', "submit(url, 'get', '', new URL(url).searchParams).submit();"),
  get('fetch', 'fetch(url).catch(() => {});'),
  get('fetch without CORS', "fetch(url, { mode: 'no-cors', credentials: 'include' });"),
  get(
    'fetch that hides what it can',
    `fetch(url, {
      mode: 'no-cors',
      referrerPolicy: 'no-referrer',
      headers: {
        'Accept': '*/*',
        'Accept-Language': '*',
        'User-Agent': 'curl/8.14.1',
        'X-Requested-With': 'x',
        'Sec-Fetch-Site': 'same-origin',
        'Origin': new URL(url).origin,
      },
    });`,
  ),
  get(
    'fetch without languages',
    "fetch(url, { mode: 'no-cors', headers: { 'Accept-Language': '' } });",
  ),
  get('XMLHttpRequest', "const call = new XMLHttpRequest(); call.open('GET', url); call.send();"),
  get('a stream of events', 'new EventSource(url);'),
  get('a WebSocket', "new WebSocket(url.replace('http', 'ws'));"),
  get(
    'a worker',
    `const code = 'importScripts(' + JSON.stringify(url) + ')';
     new Worker(URL.createObjectURL(new Blob([code]))).onerror = (event) => event.preventDefault();`,
  ),
  {
    ...get(
      'fetch with a header',
      "fetch(url, { headers: { 'X-Requested-With': 'x' } }).catch(() => {});",
    ),
    asksFirst: true,
  },
];

const WRITES: Way[] = [
  post('a form', "submit(url, 'post', '', [['x', 'y']]).submit();"),
  post('a form of text', "submit(url, 'post', 'text/plain', asText(body)).submit();"),
  post('a form in parts', "submit(url, 'post', 'multipart/form-data', [['x', 'y']]).submit();"),
  post(
    'a form without referrer',
    `put('meta', { name: 'referrer', content: 'no-referrer' }, document.head);
     submit(url, 'post', 'text/plain', asText(body)).submit();`,
  ),
  post(
    'a form that is redirected',
    "submit(elsewhere('/repeat', url), 'post', 'text/plain', asText(body)).submit();",
  ),
  post(
    'a form in a sandbox',
    `frameFor({ sandbox: 'allow-forms allow-scripts', srcdoc:
      '<form method="post" enctype="text/plain" action="' + quote(url) + '">' +
      '<input name="' + quote(asText(body)[0][0]) + '" value="' + quote(asText(body)[0][1]) + '">' +
      '</form><script>document.forms[0].submit()</' + 'script>' });`,
  ),
  post('a beacon', 'navigator.sendBeacon(url, body);'),
  post('an empty beacon', 'navigator.sendBeacon(url);'),
  post('a ping', "put('a', { href: '#ping', ping: url }).click();"),
  post('fetch of text', "fetch(url, { mode: 'no-cors', method: 'POST', body });"),
  // Chromium has few places for calls that outlive their page; without one the call fails.
  post(
    'fetch of nothing',
    `(function again() {
      fetch(url, { mode: 'no-cors', method: 'POST', keepalive: true }).catch(() => {
        setTimeout(again, 100);
      });
    })();`,
  ),
  post(
    'fetch without a type',
    "fetch(url, { mode: 'no-cors', method: 'POST', body: new Blob([body]) });",
  ),
  post(
    'fetch of JSON that says text',
    `fetch(url, {
      mode: 'no-cors',
      method: 'POST',
      body,
      headers: { 'Content-Type': 'text/plain; x=application/json' },
    });`,
  ),
  post(
    'XMLHttpRequest',
    "const call = new XMLHttpRequest(); call.open('POST', url); call.send(body);",
  ),
  {
    ...post(
      'fetch of JSON',
      `fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
        .catch(() => {});`,
    ),
    asksFirst: true,
  },
];

const OTHERS: Way[] = (['PATCH', 'DELETE'] as const).map((method) => ({
  name: 'fetch',
  method,
  script: `fetch(url, { method: '${method}' }).catch(() => {});`,
  asksFirst: true,
}));

/** Every way that we know. */
export const WAYS: readonly Way[] = [...READS, ...WRITES, ...OTHERS];
