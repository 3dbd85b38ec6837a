import { Copy } from '../../parts/copy';

/** The same at a terminal. */
export function Commands({ id }: { id: string }) {
  const lines = [`holdfast show ${id}`, `holdfast ssh ${id}`];
  return (
    <section class="card" aria-label="At a terminal">
      <h2>At a terminal</h2>
      <dl class="fields">
        {lines.map((line) => (
          <div key={line}>
            <dt>{line.startsWith('holdfast ssh') ? 'Log in' : 'Show'}</dt>
            <dd>
              <code dir="ltr">{line}</code>
              <Copy text={line} what={line} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
