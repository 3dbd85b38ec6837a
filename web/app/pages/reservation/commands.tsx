import { Copy } from '../../parts/copy';
import type { Loan } from './loan';

/** The same at a terminal. */
export function Commands({ loan: { id, resources } }: { loan: Loan }) {
  const isHost = resources.some(({ details }) => 'host' in details);
  const lines = [`holdfast show ${id}`, ...(isHost ? [`holdfast ssh ${id}`] : [])];
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
